/** Sessions, inputs and models of all jobs, and the job that classifies a table. */
package org.sparkadept.pipeline.job;
