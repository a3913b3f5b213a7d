/**
 * The task graphs of a model, and the memory that they need. A graph is built once and launched for
 * every batch and layer. Weights, hidden states, keys and values stay on the device.
 */
package org.sparkadept.gpu.graph;
