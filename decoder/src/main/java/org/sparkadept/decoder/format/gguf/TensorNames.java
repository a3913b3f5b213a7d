package org.sparkadept.decoder.format.gguf;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of tensors in GGUF files and what Hugging Face calls the same. */
final class TensorNames {
  /** The language model's own head; where it is absent, the token embedding is used for it. */
  static final String OUTPUT = "output.weight";

  /** What rotary frequencies are divided by, where Llama 3's rule stretches them. */
  static final String ROPE_FACTORS = "rope_freqs.weight";

  /** What LongRoPE divides them by in rows up to the length of the pretraining. */
  static final String SHORT_FACTORS = "rope_factors_short.weight";

  /** The same in longer rows. */
  static final String LONG_FACTORS = "rope_factors_long.weight";

  private static final Map<String, String> WHOLE =
      Map.of(
          "token_embd.weight",
          "model.embed_tokens.weight",
          "output_norm.weight",
          "model.norm.weight",
          OUTPUT,
          "lm_head.weight");

  private static final Pattern LAYER =
      Pattern.compile("blk\\.(0|[1-9][0-9]{0,4})\\.([a-z_]+)\\.(weight|bias)");

  private TensorNames() {}

  /** Hugging Face's name, or null where the architecture has no such tensor. */
  static String translated(String name, Architecture architecture) {
    Matcher layer = LAYER.matcher(name);
    if (!layer.matches()) {
      return WHOLE.get(name);
    }
    String part = architecture.part(layer.group(2));
    return part == null
        ? null
        : "model.layers." + layer.group(1) + "." + part + "." + layer.group(3);
  }

  /** A tensor of a layer: {@code blk.0.attn_q.weight}. */
  static String ofLayer(int layer, String part) {
    return "blk." + layer + "." + part;
  }

  /** Whether these are rows of queries, one group of rows a head. */
  static boolean isQuery(String name) {
    return isPart(name, "attn_q");
  }

  /** Whether these are rows of keys, one group of rows a head. */
  static boolean isKey(String name) {
    return isPart(name, "attn_k");
  }

  /** Whether these are weights of a norm. */
  static boolean isNorm(String name) {
    return name.endsWith("_norm.weight");
  }

  private static boolean isPart(String name, String part) {
    Matcher layer = LAYER.matcher(name);
    return layer.matches() && layer.group(2).equals(part);
  }
}
