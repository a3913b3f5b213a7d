/**
 * The decoder's compute SPI on GPUs, with TornadoVM. Found with {@link java.util.ServiceLoader}.
 * The packages form layers, from below: {@code device} and {@code kernel}, {@code weights}, {@code
 * graph}, {@code session}, this one.
 */
package org.sparkadept.gpu;
