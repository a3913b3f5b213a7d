/**
 * A model's task graphs. Each is built once and launched for every batch and layer; weights, hidden
 * states, keys and values stay on the device between them.
 */
package org.sparkadept.gpu.graph;
