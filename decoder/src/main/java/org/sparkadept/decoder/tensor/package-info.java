/**
 * Tensors and matrices with the number format that they are stored in, mapped from files and read
 * on demand.
 */
package org.sparkadept.decoder.tensor;
