/** A byte-level byte-pair tokenizer: learning and writing it. */
package org.sparkadept.training.tokenizer;
