/** A byte-level byte-pair tokenizer: learning it, writing it, encoding rows with it. */
package org.sparkadept.training.tokenizer;
