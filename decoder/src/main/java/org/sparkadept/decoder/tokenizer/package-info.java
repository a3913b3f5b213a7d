/**
 * Texts in, token ids out: a Hugging Face {@code tokenizer.json} run by the native tokenizers
 * library, offline and without threads of its own. {@link
 * org.sparkadept.decoder.tokenizer.TextTokenizer} is the way in.
 */
package org.sparkadept.decoder.tokenizer;
