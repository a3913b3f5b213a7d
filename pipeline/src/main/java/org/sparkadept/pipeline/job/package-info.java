/** What jobs have in common, and the classification job: a table in, its answers out. */
package org.sparkadept.pipeline.job;
