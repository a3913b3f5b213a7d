package org.sparkadept.decoder.result;

import java.util.List;

/**
 * How one text went through the layers.
 *
 * @param text what the model read: the row's prompt, cut to the bound on tokens
 * @param trace what each exit says, those above the answer too, with the labels' probabilities
 * @param tokens the tokens as the tokenizer writes them, special tokens included
 * @param truncated whether the text was cut to the bound on tokens
 */
public record Explanation(String text, ExitTrace trace, List<String> tokens, boolean truncated) {}
