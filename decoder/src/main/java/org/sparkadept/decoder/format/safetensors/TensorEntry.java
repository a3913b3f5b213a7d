package org.sparkadept.decoder.format.safetensors;

/**
 * What a safetensors header says of one tensor, checked.
 *
 * @param name tensor name
 * @param dtype number format as written, possibly one that cannot be read
 * @param shape dimensions, none negative
 * @param size number of elements: the product of the shape
 * @param begin first byte, counted from the end of the header
 * @param end byte after the last
 */
public record TensorEntry(
    String name, String dtype, long[] shape, long size, long begin, long end) {}
