/** Tuning a backbone with its exit heads: settings, the run, its checkpoints, the tuned model. */
package org.sparkadept.training.tune;
