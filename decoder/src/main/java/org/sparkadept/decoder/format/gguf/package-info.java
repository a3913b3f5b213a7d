/**
 * The GGUF format: one file, or shards, with settings, tokenizer and weights, these in blocks of
 * quantized numbers. Translated to what a Hugging Face directory would say, so that the model
 * families need not know of it.
 */
package org.sparkadept.decoder.format.gguf;
