/** What the engines share: the count of floating-point operations. */
package org.sparkadept.decoder.engine;
