package org.sparkadept.decoder.model.family;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.Activation;
import org.sparkadept.decoder.model.AttentionConfig;
import org.sparkadept.decoder.model.AttentionConfig.QueryKeyNorm;
import org.sparkadept.decoder.model.BiasConfig;
import org.sparkadept.decoder.model.EmbeddingConfig;
import org.sparkadept.decoder.model.LayerPositions;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormConfig;
import org.sparkadept.decoder.model.NormKind;
import org.sparkadept.decoder.model.RotaryConfig;

/**
 * A configuration in the making. It starts with the sizes, which most families name alike, and a
 * plain block: gated MLP, no biases, no scales. A family then says what it has otherwise.
 */
public final class ConfigDraft {
  private static final String TIED = "tie_word_embeddings";

  private final JsonObject json;
  private final List<String> labels;
  private final int layers;
  private final int width;
  private final int heads;
  private final int kvHeads;
  private final int headDim;
  private final int mlpWidth;
  private int maxPositions;
  private boolean tied;
  private float embeddingScale = 1;
  private boolean embeddingNorm;
  private NormConfig norms;
  private Activation activation;
  private float attentionScale;
  private float softCap;
  private QueryKeyNorm queryKeyNorm = QueryKeyNorm.NONE;
  private List<LayerPositions> positions = List.of();
  private float residualScale = 1;
  private BiasConfig biases = new BiasConfig(false, false, false);

  /**
   * Reads the sizes by their usual keys: {@code hidden_size}, {@code num_hidden_layers}, ….
   *
   * @param mlpKey what the size of the MLP's inner layer is called
   * @throws CheckpointException if one is absent or out of range, or the model is not causal
   */
  public ConfigDraft(JsonObject json, List<String> labels, String mlpKey) {
    ConfigValues.supportOnly(json, "is_causal", true);
    this.json = json;
    this.labels = labels;
    layers = json.positive("num_hidden_layers", Limits.LAYERS);
    width = json.positive("hidden_size", Limits.WIDTH);
    heads = json.positive("num_attention_heads", Limits.HEADS);
    kvHeads = json.positive("num_key_value_heads", Limits.HEADS, heads);
    headDim = readHeadDim();
    mlpWidth = json.positive(mlpKey, Limits.MLP_WIDTH);
    maxPositions = json.positive("max_position_embeddings", Limits.POSITIONS);
    attentionScale = AttentionConfig.usualScale(headDim);
    tied = json.flag(TIED, false);
  }

  /** As above, with the usual {@code intermediate_size}. */
  public ConfigDraft(JsonObject json, List<String> labels) {
    this(json, labels, "intermediate_size");
  }

  private int readHeadDim() {
    if (json.has("head_dim")) {
      return json.positive("head_dim", Limits.HEAD_DIM);
    }
    if (width % heads != 0) {
      throw json.wrong(
          "hidden_size",
          String.format(
              "is %d, which cannot be divided among %d attention heads; give head_dim",
              width, heads));
    }
    return width / heads;
  }

  /** Number of layers. */
  public int layers() {
    return layers;
  }

  /** Size of a hidden state. */
  public int width() {
    return width;
  }

  /** Size of a head. */
  public int headDim() {
    return headDim;
  }

  /** Longest row, in tokens. */
  public int maxPositions() {
    return maxPositions;
  }

  /** RMS norms before attention and MLP, with the epsilon that {@code rms_norm_eps} gives. */
  public ConfigDraft rmsNorms() {
    return norms(NormConfig.before(NormKind.RMS, ConfigValues.epsilon(json, "rms_norm_eps")));
  }

  /** Which norms there are. */
  public ConfigDraft norms(NormConfig value) {
    norms = value;
    return this;
  }

  /** The activation that a key names. */
  public ConfigDraft activation(String key) {
    activation = ConfigValues.activation(json, key);
    return this;
  }

  /** Whether the embedding is the language model's head where the file does not say it. */
  public ConfigDraft tied(boolean otherwise) {
    tied = json.flag(TIED, otherwise);
    return this;
  }

  /** What the token embedding is multiplied with. */
  public ConfigDraft embeddingScale(double scale) {
    embeddingScale = (float) scale;
    return this;
  }

  /** Gives the token embedding a norm. */
  public ConfigDraft embeddingNorm() {
    embeddingNorm = true;
    return this;
  }

  /** What the products of queries and keys are multiplied with. */
  public ConfigDraft attentionScale(double scale) {
    attentionScale = (float) scale;
    return this;
  }

  /** The cap of attention scores; 0 for none. */
  public ConfigDraft softCap(float cap) {
    softCap = cap;
    return this;
  }

  /** Norms of queries and keys. */
  public ConfigDraft queryKeyNorm(QueryKeyNorm value) {
    queryKeyNorm = value;
    return this;
  }

  /**
   * What queries see, and how positions are told.
   *
   * @param windows by layer, in tokens; 0 for none
   * @param rotary by layer, from 0
   */
  public ConfigDraft positions(int[] windows, IntFunction<RotaryConfig> rotary) {
    positions = new ArrayList<>();
    for (int layer = 0; layer < layers; layer++) {
      positions.add(new LayerPositions(windows[layer], rotary.apply(layer)));
    }
    return this;
  }

  /** The same rotary positions in all layers. */
  public ConfigDraft positions(int[] windows, RotaryConfig rotary) {
    return positions(windows, layer -> rotary);
  }

  /** Longest row, where it is not what the file says. */
  public ConfigDraft maxPositions(int value) {
    maxPositions = value;
    return this;
  }

  /** What attention and MLP give is multiplied with. */
  public ConfigDraft residualScale(double scale) {
    residualScale = (float) scale;
    return this;
  }

  /** Which projections have a bias. */
  public ConfigDraft biases(BiasConfig value) {
    biases = value;
    return this;
  }

  /** Biases on all four projections of attention where {@code attention_bias} says it. */
  public ConfigDraft attentionBiases(boolean mlp) {
    boolean attention = json.flag("attention_bias", false);
    return biases(new BiasConfig(attention, attention, mlp));
  }

  /** The whole. */
  public ModelConfig config() {
    return new ModelConfig(
        json.text("model_type"),
        layers,
        width,
        mlpWidth,
        json.positive("vocab_size", Limits.VOCABULARY),
        maxPositions,
        new EmbeddingConfig(false, embeddingScale, embeddingNorm, tied),
        new AttentionConfig(
            heads, kvHeads, headDim, attentionScale, softCap, queryKeyNorm, positions),
        norms,
        activation,
        true,
        residualScale,
        labels,
        biases);
  }
}
