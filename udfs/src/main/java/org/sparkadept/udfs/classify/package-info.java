/** Classification as a batch function, over models that all tasks of a JVM share. */
package org.sparkadept.udfs.classify;
