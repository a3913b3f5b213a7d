package org.sparkadept.decoder.format.gguf;

/**
 * A tensor as the header describes it.
 *
 * @param name its name in the file
 * @param type its number format
 * @param shape dimensions, outermost first
 * @param begin first byte, from the start of the data
 * @param end byte after the last
 */
record TensorInfo(String name, GgufType type, long[] shape, long begin, long end) {}
