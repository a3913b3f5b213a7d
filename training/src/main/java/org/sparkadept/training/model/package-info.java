/** The decoder with exit heads: its weights and a forward pass that can be differentiated. */
package org.sparkadept.training.model;
