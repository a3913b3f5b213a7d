/** Labelled rows in memory, TF-IDF, and runs that are timed in turns. */
package org.sparkadept.benchmarks.measure;
