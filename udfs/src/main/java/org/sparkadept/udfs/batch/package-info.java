/**
 * The batch contract: a function over Arrow vectors that does not depend on how Spark feeds it, so
 * that the same function serves {@code mapPartitions} and a columnar operator.
 */
package org.sparkadept.udfs.batch;
