/** Tuning of a backbone on the driver, with rows that Spark reads and tokenizes. */
package org.sparkadept.pipeline.tune;
