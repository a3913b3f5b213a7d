/**
 * The compute SPI: sessions of many threads, whose rows the device's thread takes through the
 * graphs together.
 */
package org.sparkadept.gpu.session;
