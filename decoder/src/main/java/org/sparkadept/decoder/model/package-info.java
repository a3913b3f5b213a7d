/**
 * The decoder-only families as one configurable block: {@link
 * org.sparkadept.decoder.model.ModelConfig} says which parts it has, {@link
 * org.sparkadept.decoder.model.ModelTensors} where their weights are.
 */
package org.sparkadept.decoder.model;
