package org.sparkadept.decoder.format.gguf;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.tensor.Tensor;

/**
 * What a file's keys say of its model, and the {@code config.json} that says the same. Keys of the
 * architecture ({@code llama.block_count}) that are not known here are refused: they may change
 * what the model computes.
 */
final class GgufSettings {
  private static final String ARCHITECTURE = "general.architecture";
  private static final String TYPE = "general.type";
  private static final String TOKENS = "tokenizer.ggml.tokens";

  private static final String LLAMA = "llama";
  private static final String QWEN_3 = "qwen3";
  private static final List<String> ARCHITECTURES = List.of(LLAMA, "qwen2", QWEN_3);

  /** Keys that are read. */
  private static final Set<String> READ =
      Set.of(
          "block_count",
          "context_length",
          "embedding_length",
          "feed_forward_length",
          "vocab_size",
          "attention.head_count",
          "attention.head_count_kv",
          "attention.key_length",
          "attention.value_length",
          "attention.layer_norm_rms_epsilon",
          "attention.causal",
          "rope.freq_base",
          "rope.dimension_count",
          "rope.scaling.type",
          "rope.scaling.factor",
          "rope.scale_linear");

  /**
   * Keys that change nothing: how the weights lay before the conversion, what other rotary scalings
   * need, how sentence embeddings are made of tokens.
   */
  private static final Set<String> IGNORED =
      Set.of(
          "tensor_data_layout",
          "rope.scaling.original_context_length",
          "rope.scaling.finetuned",
          "pooling_type");

  /** Keys that ask for nothing when they are 0. */
  private static final Set<String> OFF_AT_ZERO =
      Set.of(
          "expert_count",
          "expert_used_count",
          "attention.sliding_window",
          "attn_logit_softcapping",
          "final_logit_softcapping");

  private final GgufModel model;
  private final GgufKeys keys;
  private final String architecture;
  private final int heads;
  private final int kvHeads;

  /**
   * @throws CheckpointException if a key is absent, malformed, or asks for what is not supported
   */
  GgufSettings(GgufModel model) {
    this.model = model;
    keys = model.keys();
    architecture = keys.text(ARCHITECTURE);
    if (!ARCHITECTURES.contains(architecture)) {
      throw unsupported(ARCHITECTURE, ARCHITECTURES);
    }
    if (keys.has(TYPE) && !keys.text(TYPE).equals("model")) {
      throw unsupported(TYPE, List.of("model"));
    }
    refuseUnknown();
    heads = whole("attention.head_count");
    kvHeads = keys.positive(key("attention.head_count_kv"), heads);
  }

  String architecture() {
    return architecture;
  }

  /** Query heads. */
  int heads() {
    return heads;
  }

  /** Heads of keys and values. */
  int kvHeads() {
    return kvHeads;
  }

  /** Whether rotary positions turn neighbouring elements of a head, not halves of it. */
  boolean rotatesNeighbours() {
    return architecture.equals(LLAMA);
  }

  /** Whether each head's queries and keys are normalized. */
  boolean hasHeadNorms() {
    return architecture.equals(QWEN_3);
  }

  private void refuseUnknown() {
    String prefix = key("");
    for (String key : keys.names()) {
      if (!key.startsWith(prefix)) {
        continue;
      }
      String own = key.substring(prefix.length());
      boolean known = READ.contains(own) || IGNORED.contains(own);
      if (!known && !(OFF_AT_ZERO.contains(own) && keys.number(key) == 0)) {
        throw keys.wrong(
            key,
            String.format(
                "is %s, which asks for something that is not supported in a model of architecture"
                    + " %s",
                keys.shown(key), architecture));
      }
    }
    if (!keys.flag(key("attention.causal"), true)) {
      throw keys.wrong(key("attention.causal"), "is false, which is not supported");
    }
  }

  /** The content of {@code config.json}. */
  ObjectNode config() {
    int width = whole("embedding_length");
    int headSize = headSize(width);
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("model_type", architecture);
    config.put("hidden_size", width);
    config.put("intermediate_size", whole("feed_forward_length"));
    config.put("num_hidden_layers", whole("block_count"));
    config.put("num_attention_heads", heads);
    config.put("num_key_value_heads", kvHeads);
    config.put("head_dim", headSize);
    config.put("vocab_size", vocabulary());
    config.put("max_position_embeddings", whole("context_length"));
    config.put("rms_norm_eps", keys.number(key("attention.layer_norm_rms_epsilon")));
    config.put("hidden_act", "silu");
    config.put("tie_word_embeddings", !model.has(TensorNames.OUTPUT));
    config.put("attention_bias", model.has(TensorNames.ofLayer(0, "attn_q.bias")));
    config.put("mlp_bias", model.has(TensorNames.ofLayer(0, "ffn_gate.bias")));
    addRotary(config, headSize);
    return config;
  }

  private int headSize(int width) {
    String keyLength = key("attention.key_length");
    if (!keys.has(keyLength) && width % heads != 0) {
      throw keys.wrong(
          key("embedding_length"),
          String.format("is %d, which cannot be divided among %d heads", width, heads));
    }
    int size = keys.positive(keyLength, Math.max(1, width / heads));
    for (String other : List.of("attention.value_length", "rope.dimension_count")) {
      if (keys.positive(key(other), size) != size) {
        throw keys.wrong(
            key(other),
            String.format(
                "is %s, but heads have %d elements; another number is not supported",
                keys.shown(key(other)), size));
      }
    }
    return size;
  }

  /** As many as the file says, or as it has tokens; the embedding must have as many rows. */
  private int vocabulary() {
    String size = key("vocab_size");
    if (keys.has(size) || !keys.has(TOKENS)) {
      return keys.positive(size);
    }
    return keys.textCount(TOKENS);
  }

  private void addRotary(ObjectNode config, int headSize) {
    String base = key("rope.freq_base");
    double theta = keys.has(base) ? keys.number(base) : 10_000;
    config.put("rope_theta", theta);
    String kind = key("rope.scaling.type");
    String factorKey =
        key(keys.has(key("rope.scale_linear")) ? "rope.scale_linear" : "rope.scaling.factor");
    double factor = keys.has(factorKey) ? keys.number(factorKey) : 1;
    String type = keys.has(kind) ? keys.text(kind) : "linear";
    boolean linear = type.equals("linear") && factor != 1 && factor != 0; // 0 means none, too
    if (!type.equals("linear") && !type.equals("none")) {
      throw unsupported(kind, List.of("none", "linear"));
    }
    if (linear) {
      config.putObject("rope_scaling").put("rope_type", "linear").put("factor", factor);
    }
    if (model.has(TensorNames.ROPE_FACTORS)) {
      Tensor factors = model.tensors().get(TensorNames.ROPE_FACTORS).as(TensorNames.ROPE_FACTORS);
      if (linear) {
        throw keys.wrong(
            factorKey, "is " + factor + ", but the file has " + TensorNames.ROPE_FACTORS + ", too");
      }
      RopeFactors.of(factors, theta, headSize)
          .ifPresent(scaling -> config.set("rope_scaling", scaling));
    }
  }

  private int whole(String own) {
    return keys.positive(key(own));
  }

  private String key(String own) {
    return architecture + "." + own;
  }

  private CheckpointException unsupported(String key, List<String> supported) {
    return keys.wrong(
        key,
        String.format(
            "is %s, which is not supported; supported are %s",
            keys.shown(key), String.join(", ", supported)));
  }
}
