/**
 * The compute SPI: what the engine asks of a device. A {@link
 * org.sparkadept.decoder.compute.ComputeBackend} is found by {@link java.util.ServiceLoader}, loads
 * the weights once into a {@link org.sparkadept.decoder.compute.ComputeModel}, and opens a {@link
 * org.sparkadept.decoder.compute.ComputeSession} for each thread that works.
 */
package org.sparkadept.decoder.compute;
