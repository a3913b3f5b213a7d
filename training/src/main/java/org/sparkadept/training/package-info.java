/** Trains small decoder models with exit heads; {@code training/run} starts it. */
package org.sparkadept.training;
