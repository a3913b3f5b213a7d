/** Classification as a batch function, over decoders that all tasks of a JVM share. */
package org.sparkadept.udfs.classify;
