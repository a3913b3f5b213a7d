/** The configuration keys, their defaults and their precedence, in one place. */
package org.sparkadept.udfs.conf;
