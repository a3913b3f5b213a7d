/** The classification job: a table in, the same table with its answers out. */
package org.sparkadept.pipeline.job;
