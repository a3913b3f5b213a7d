package org.sparkadept.decoder.format.gguf;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The architectures that are read: what each calls the parts of a layer, and what its converter
 * (llama.cpp's {@code conversion/*.py}) does to the weights.
 */
enum Architecture {
  LLAMA("llama", "llama", true, Parts.PLAIN),
  QWEN_2("qwen2", "qwen2", false, Parts.PLAIN),
  QWEN_3("qwen3", "qwen3", false, Parts.HEAD_NORMS),
  GRANITE("granite", "granite", true, Parts.PLAIN),
  SMOLLM_3("smollm3", "smollm3", true, Parts.PLAIN),
  PHI_3("phi3", "phi3", false, Parts.PHI_3),
  OLMO_2("olmo2", "olmo2", false, Parts.OLMO_2),
  GEMMA_2("gemma2", "gemma2", false, Parts.GEMMA_2),
  GEMMA_3("gemma3", "gemma3_text", false, Parts.GEMMA_3);

  private final String key;
  private final String modelType;
  private final boolean rotatesNeighbours;
  private final Map<String, String> parts;

  Architecture(String key, String modelType, boolean rotatesNeighbours, Map<String, String> parts) {
    this.key = key;
    this.modelType = modelType;
    this.rotatesNeighbours = rotatesNeighbours;
    this.parts = parts;
  }

  /** The names of all, as files have them. */
  static List<String> names() {
    return Stream.of(values()).map(Architecture::toString).toList();
  }

  /** That of a name; null where it is not read. */
  static Architecture of(String name) {
    return Stream.of(values()).filter(known -> known.key.equals(name)).findFirst().orElse(null);
  }

  /** Hugging Face's name of the family. */
  String modelType() {
    return modelType;
  }

  /**
   * Whether rotary positions turn neighbouring elements of a head, not halves of it, so that the
   * rows of queries and keys are in another order.
   */
  boolean rotatesNeighbours() {
    return rotatesNeighbours;
  }

  /** Whether the weights of norms have what the family adds to them, 1. */
  boolean shiftsNorms() {
    return this == GEMMA_2 || this == GEMMA_3;
  }

  /** Hugging Face's name of a part of a layer; null where the architecture has no such part. */
  String part(String name) {
    return parts.get(name);
  }

  /** Keys that this architecture has beyond those of all. */
  Set<String> keys() {
    return switch (this) {
      case GRANITE -> Set.of("attention.scale", "embedding_scale", "residual_scale", "logit_scale");
      case PHI_3 -> Set.of("attention.sliding_window", "rope.scaling.attn_factor");
      case GEMMA_2 ->
          Set.of("attention.sliding_window", "attn_logit_softcapping", "final_logit_softcapping");
      case GEMMA_3 ->
          Set.of("attention.sliding_window", "final_logit_softcapping", "rope.freq_base_swa");
      default -> Set.of();
    };
  }

  /** The name as files have it. */
  @Override
  public String toString() {
    return key;
  }

  /** Parts of a layer and Hugging Face's names of them. */
  private static final class Parts {
    static final Map<String, String> ATTENTION =
        Map.of(
            "attn_q", "self_attn.q_proj",
            "attn_k", "self_attn.k_proj",
            "attn_v", "self_attn.v_proj",
            "attn_output", "self_attn.o_proj");
    static final Map<String, String> MLP =
        Map.of("ffn_gate", "mlp.gate_proj", "ffn_up", "mlp.up_proj", "ffn_down", "mlp.down_proj");
    static final Map<String, String> NORMS =
        Map.of("attn_norm", "input_layernorm", "ffn_norm", "post_attention_layernorm");
    static final Map<String, String> QUERY_KEY_NORMS =
        Map.of("attn_q_norm", "self_attn.q_norm", "attn_k_norm", "self_attn.k_norm");
    static final Map<String, String> NORMS_AFTER =
        Map.of(
            "post_attention_norm", "post_attention_layernorm",
            "post_ffw_norm", "post_feedforward_layernorm");
    static final Map<String, String> GEMMA_NORMS_BEFORE =
        Map.of("attn_norm", "input_layernorm", "ffn_norm", "pre_feedforward_layernorm");

    static final Map<String, String> PLAIN = union(ATTENTION, MLP, NORMS);
    static final Map<String, String> HEAD_NORMS = union(PLAIN, QUERY_KEY_NORMS);
    static final Map<String, String> OLMO_2 = union(ATTENTION, MLP, QUERY_KEY_NORMS, NORMS_AFTER);
    static final Map<String, String> GEMMA_2 =
        union(ATTENTION, MLP, GEMMA_NORMS_BEFORE, NORMS_AFTER);
    static final Map<String, String> GEMMA_3 = union(GEMMA_2, QUERY_KEY_NORMS);
    static final Map<String, String> PHI_3 =
        union(
            NORMS,
            Map.of(
                "attn_qkv", "self_attn.qkv_proj",
                "attn_output", "self_attn.o_proj",
                "ffn_up", "mlp.gate_up_proj",
                "ffn_down", "mlp.down_proj"));

    private Parts() {}

    @SafeVarargs
    private static Map<String, String> union(Map<String, String>... maps) {
      Map<String, String> all = new HashMap<>();
      for (Map<String, String> map : maps) {
        all.putAll(map);
      }
      return Map.copyOf(all);
    }
  }
}
