/** The decoder: sizes, weights and the differentiable forward pass. */
package org.sparkadept.training.model;
