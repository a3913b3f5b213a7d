package org.sparkadept.decoder.format.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
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
  private static final double DEFAULT_THETA = 10_000;
  private static final int SMOLLM_3_INTERVAL = 4;
  private static final double GEMMA_2_SOFT_CAP = 50;
  private static final int GEMMA_3_PATTERN = 6;

  /** Layers of Gemma 2's and Gemma 3's models with 27 billion weights. */
  private static final int GEMMA_2_LARGEST = 46;

  private static final int GEMMA_3_LARGEST = 62;

  private static final String TOKENS = "tokenizer.ggml.tokens";

  private static final String FINETUNED = "rope.scaling.finetuned";
  private static final String DIMENSIONS = "rope.dimension_count";
  private static final String WINDOW = "attention.sliding_window";

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
          DIMENSIONS,
          "rope.scaling.type",
          "rope.scaling.factor",
          "rope.scale_linear");

  /**
   * Keys that change nothing: how the weights lay before the conversion, what other rotary scalings
   * need, how sentence embeddings are made of tokens.
   */
  private static final Set<String> IGNORED =
      Set.of(
          "tensor_data_layout", "rope.scaling.original_context_length", FINETUNED, "pooling_type");

  /** Keys that ask for nothing when they are 0. */
  private static final Set<String> OFF_AT_ZERO =
      Set.of(
          "expert_count",
          "expert_used_count",
          WINDOW,
          "attn_logit_softcapping",
          "final_logit_softcapping");

  private final GgufModel model;
  private final GgufKeys keys;
  private final Architecture architecture;
  private final int heads;
  private final int kvHeads;

  /**
   * @throws CheckpointException if a key is absent, malformed, or asks for what is not supported
   */
  GgufSettings(GgufModel model) {
    this.model = model;
    keys = model.keys();
    architecture = Architecture.of(keys.text(ARCHITECTURE));
    if (architecture == null) {
      throw unsupported(ARCHITECTURE, Architecture.names());
    }
    if (keys.has(TYPE) && !keys.text(TYPE).equals("model")) {
      throw unsupported(TYPE, List.of("model"));
    }
    refuseUnknown();
    heads = whole("attention.head_count");
    kvHeads = keys.positive(key("attention.head_count_kv"), heads);
  }

  Architecture architecture() {
    return architecture;
  }

  /** Whether a tensor is part of the settings. */
  boolean reads(String tensor) {
    return tensor.equals(TensorNames.ROPE_FACTORS)
        || architecture == Architecture.PHI_3
            && (tensor.equals(TensorNames.SHORT_FACTORS)
                || tensor.equals(TensorNames.LONG_FACTORS));
  }

  /** Query heads. */
  int heads() {
    return heads;
  }

  /** Heads of keys and values. */
  int kvHeads() {
    return kvHeads;
  }

  private void refuseUnknown() {
    String prefix = key("");
    for (String key : keys.names()) {
      if (!key.startsWith(prefix)) {
        continue;
      }
      String own = key.substring(prefix.length());
      boolean known =
          READ.contains(own) || IGNORED.contains(own) || architecture.keys().contains(own);
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
    // Granite's files without rotary positions say so in this key, which means nothing elsewhere.
    if (architecture == Architecture.GRANITE && !keys.flag(key(FINETUNED), true)) {
      throw keys.wrong(
          key(FINETUNED), "is false, which means no rotary positions; that is not supported");
    }
  }

  /** The content of {@code config.json}. */
  ObjectNode config() {
    int width = whole("embedding_length");
    int headSize = headSize(width);
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("model_type", architecture.modelType());
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
    switch (architecture) {
      case GRANITE -> addMultipliers(config, headSize);
      case SMOLLM_3 -> config.put("no_rope_layer_interval", SMOLLM_3_INTERVAL);
      case PHI_3 -> addLongRope(config, headSize);
      case GEMMA_2, GEMMA_3 -> addGemma(config, headSize);
      default -> {}
    }
    return config;
  }

  private void addMultipliers(ObjectNode config, int headSize) {
    config.put("attention_multiplier", number("attention.scale", 1 / Math.sqrt(headSize)));
    config.put("embedding_multiplier", number("embedding_scale", 1));
    config.put("residual_multiplier", number("residual_scale", 1));
  }

  /** A window, the part of a head that turns, and LongRoPE, which is in two tensors. */
  private void addLongRope(ObjectNode config, int headSize) {
    addWindow(config);
    int dimensions = keys.positive(key(DIMENSIONS), headSize);
    double part = (double) dimensions / headSize;
    config.put("partial_rotary_factor", headSize * part < dimensions ? Math.nextUp(part) : part);
    if (!model.has(TensorNames.SHORT_FACTORS)) {
      return;
    }
    String original = key("rope.scaling.original_context_length");
    config.put("original_max_position_embeddings", keys.positive(original));
    ObjectNode scaling = config.putObject("rope_scaling").put("type", "longrope");
    if (keys.has(key("rope.scaling.attn_factor"))) {
      scaling.put("attention_factor", number("rope.scaling.attn_factor", 1));
    }
    ArrayNode factors = scaling.putArray("short_factor");
    String name = TensorNames.SHORT_FACTORS;
    for (float factor : model.tensors().get(name).as(name).readAll()) {
      factors.add(factor);
    }
  }

  /**
   * What llama.cpp knows without a key: of the largest models the attention's scale is that of the
   * width over the heads.
   */
  private void addGemma(ObjectNode config, int headSize) {
    boolean second = architecture == Architecture.GEMMA_2;
    int largest = second ? GEMMA_2_LARGEST : GEMMA_3_LARGEST;
    boolean byWidth = whole("block_count") == largest;
    config.put("query_pre_attn_scalar", byWidth ? whole("embedding_length") / heads : headSize);
    config.put("hidden_activation", "gelu_pytorch_tanh");
    addWindow(config);
    if (second) {
      config.put("attn_logit_softcapping", number("attn_logit_softcapping", GEMMA_2_SOFT_CAP));
    } else {
      config.put("rope_local_base_freq", number("rope.freq_base_swa", DEFAULT_THETA));
      config.put("sliding_window_pattern", config.has("sliding_window") ? GEMMA_3_PATTERN : 1);
    }
  }

  private void addWindow(ObjectNode config) {
    if (keys.has(key(WINDOW)) && keys.number(key(WINDOW)) != 0) {
      config.put("sliding_window", whole(WINDOW));
    }
  }

  private double number(String own, double otherwise) {
    return keys.has(key(own)) ? keys.number(key(own)) : otherwise;
  }

  private int headSize(int width) {
    String keyLength = key("attention.key_length");
    if (!keys.has(keyLength) && width % heads != 0) {
      throw keys.wrong(
          key("embedding_length"),
          String.format("is %d, which cannot be divided among %d heads", width, heads));
    }
    int size = keys.positive(keyLength, Math.max(1, width / heads));
    List<String> others =
        architecture == Architecture.PHI_3
            ? List.of("attention.value_length")
            : List.of("attention.value_length", DIMENSIONS);
    for (String other : others) {
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
    double theta = keys.has(base) ? keys.number(base) : DEFAULT_THETA;
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
