/**
 * The backend {@code cpu}: oneDNN through JavaCPP, in single precision.
 *
 * <p>Tokens pass through a layer in tiles of a fixed number of rows, so that every product has one
 * shape whatever stands in the batch: a token's result does not depend on its neighbours to the
 * last bit. Primitives are compiled once for a model and executed by many sessions, each on one
 * thread.
 */
package org.sparkadept.decoder.compute.onednn;
