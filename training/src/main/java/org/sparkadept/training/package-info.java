/**
 * Trains small decoder models with exit heads: the commands {@code TrainModel} and {@code
 * EvaluateModel}.
 */
package org.sparkadept.training;
