/** The decoder's compute SPI on GPUs, by TornadoVM. Found by {@link java.util.ServiceLoader}. */
package org.sparkadept.gpu;
