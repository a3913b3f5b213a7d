/**
 * What a {@code tokenizer.json} may hold. The native library ends the whole process where a file is
 * wrong in a way that it does not expect, so files of any origin are checked here first. {@link
 * org.sparkadept.decoder.tokenizer.check.TokenizerCheck} is the way in.
 */
package org.sparkadept.decoder.tokenizer.check;
