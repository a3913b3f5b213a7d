/** Labelled rows in memory, and runs that are timed in turns. */
package org.sparkadept.benchmarks.measure;
