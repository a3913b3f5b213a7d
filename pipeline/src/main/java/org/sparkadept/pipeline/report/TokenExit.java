package org.sparkadept.pipeline.report;

/**
 * How deep a token went.
 *
 * @param text the piece of text that it stands for, spaces included
 * @param layer after which it left; 0 if it stayed to the layer that answered
 */
public record TokenExit(String text, int layer) {}
