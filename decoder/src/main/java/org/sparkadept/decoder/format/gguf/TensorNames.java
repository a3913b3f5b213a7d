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

  private static final Map<String, String> OF_LAYER =
      Map.ofEntries(
          Map.entry("attn_norm", "input_layernorm"),
          Map.entry("attn_q", "self_attn.q_proj"),
          Map.entry("attn_k", "self_attn.k_proj"),
          Map.entry("attn_v", "self_attn.v_proj"),
          Map.entry("attn_output", "self_attn.o_proj"),
          Map.entry("attn_q_norm", "self_attn.q_norm"),
          Map.entry("attn_k_norm", "self_attn.k_norm"),
          Map.entry("ffn_norm", "post_attention_layernorm"),
          Map.entry("ffn_gate", "mlp.gate_proj"),
          Map.entry("ffn_up", "mlp.up_proj"),
          Map.entry("ffn_down", "mlp.down_proj"));

  private TensorNames() {}

  /** Hugging Face's name, or null where the tensor has none here. */
  static String translated(String name) {
    Matcher layer = LAYER.matcher(name);
    if (!layer.matches()) {
      return WHOLE.get(name);
    }
    String part = OF_LAYER.get(layer.group(2));
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

  /** Whether these are weights of a norm of each head's queries or keys. */
  static boolean isHeadNorm(String name) {
    return isPart(name, "attn_q_norm") || isPart(name, "attn_k_norm");
  }

  private static boolean isPart(String name, String part) {
    Matcher layer = LAYER.matcher(name);
    return layer.matches() && layer.group(2).equals(part);
  }
}
