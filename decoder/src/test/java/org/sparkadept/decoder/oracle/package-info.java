/**
 * A second implementation of the models, in double precision, after the modeling code of Hugging
 * Face Transformers. It shares nothing with the code under test, not even the reading of files, and
 * is written to be compared with the published formulas, not to be fast.
 *
 * <p>Compared by hand with Transformers 5.18 (weights in float64) on fixtures of all families, with
 * biases, windows, linear and llama3 scaling: the logits of GPT-2 agree to 1e-14, the others to
 * 2e-6, which is what Transformers loses by its rotary tables in float32.
 */
package org.sparkadept.decoder.oracle;
