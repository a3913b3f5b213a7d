/** TornadoVM's devices, and the one thread that each is used from. */
package org.sparkadept.gpu.device;
