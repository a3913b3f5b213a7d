/** TornadoVM's devices, and the thread that uses each of them. */
package org.sparkadept.gpu.device;
