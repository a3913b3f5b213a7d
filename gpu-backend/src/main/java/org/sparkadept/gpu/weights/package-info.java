/** A model's weights as the device holds them. */
package org.sparkadept.gpu.weights;
