/**
 * The engine beside PyTorch: same weights, same rows, same device, in one run, with the roofline of
 * the device.
 */
package org.sparkadept.benchmarks.pytorch;
