package org.sparkadept.decoder.model;

/**
 * What a layer's queries see, and how they are told positions.
 *
 * @param window how many tokens a query sees, itself included; 0 for all before it
 * @param rotary rotary positions; null where the layer has none
 */
public record LayerPositions(int window, RotaryConfig rotary) {}
