/** What a scoring run counts, and how the counts of its tasks come to the driver. */
package org.sparkadept.udfs.metrics;
