/**
 * Tensors and matrices with the number format that they are stored in, read from files on demand.
 */
package org.sparkadept.decoder.tensor;
