/**
 * Implements the decoder's compute SPI: sessions of many threads, whose rows the device's thread
 * computes together.
 */
package org.sparkadept.gpu.session;
