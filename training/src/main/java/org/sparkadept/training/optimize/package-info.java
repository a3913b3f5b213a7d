/** Fitting: batches, losses, AdamW, schedules. */
package org.sparkadept.training.optimize;
