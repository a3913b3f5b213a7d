/** Fitting: batches, losses, AdamW, averaged weights, schedules, checkpoints. */
package org.sparkadept.training.optimize;
