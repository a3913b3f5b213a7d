/**
 * The compute SPI: what the engine needs of a device. A {@link
 * org.sparkadept.decoder.compute.ComputeBackend} is found by {@link java.util.ServiceLoader}, holds
 * the weights once in a {@link org.sparkadept.decoder.compute.ComputeModel}, and opens a session
 * for each thread that works: a {@link org.sparkadept.decoder.compute.PrefillSession} for texts
 * that are read in one go, a {@link org.sparkadept.decoder.compute.FitSession} for what fitting
 * reads of them.
 */
package org.sparkadept.decoder.compute;
