/** Gemma 2 and Gemma 3, as far as they read text. */
package org.sparkadept.decoder.model.family.gemma;
