package org.sparkadept.decoder.model.family.llama;

import java.util.Optional;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.model.AttentionConfig.QueryKeyNorm;
import org.sparkadept.decoder.model.BiasConfig;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.model.family.TensorLayout;

/**
 * Tensor names of Llama and of families that differ in their norms alone: {@code
 * model.layers.0.self_attn.q_proj.weight}.
 */
public final class LlamaTensors extends TensorLayout {
  /**
   * What a layer's norms are called, where it has them.
   *
   * @param attention before attention
   * @param attentionOutput of what attention adds
   * @param mlp before the MLP
   * @param mlpOutput of what the MLP adds
   */
  public record Norms(
      Optional<String> attention,
      Optional<String> attentionOutput,
      Optional<String> mlp,
      Optional<String> mlpOutput) {

    /** Llama's, before attention and MLP. */
    public static final Norms LLAMA =
        new Norms(
            Optional.of("input_layernorm"),
            Optional.empty(),
            Optional.of("post_attention_layernorm"),
            Optional.empty());
  }

  private final Norms norms;
  private final float added;

  /**
   * @param norms what norms are called
   * @param added what the family adds to the weights of its norms
   */
  public LlamaTensors(ModelConfig config, Checkpoint checkpoint, Norms norms, float added) {
    super(config, checkpoint, "model.", "embed_tokens.weight");
    this.norms = norms;
    this.added = added;
  }

  /** Llama's own. */
  LlamaTensors(ModelConfig config, Checkpoint checkpoint) {
    this(config, checkpoint, Norms.LLAMA, 0);
  }

  @Override
  protected LayerTensors layer(int layer) {
    String at = "layers." + layer + ".";
    String attention = at + "self_attn.";
    String mlp = at + "mlp.";
    int width = config.width();
    int inner = config.mlpWidth();
    BiasConfig bias = config.biases();
    return new LayerTensors(
        norm(at, norms.attention()),
        source.linear(attention + "q_proj", config.queryWidth(), width, bias.queryKeyValue()),
        source.linear(attention + "k_proj", config.keyWidth(), width, bias.queryKeyValue()),
        source.linear(attention + "v_proj", config.keyWidth(), width, bias.queryKeyValue()),
        source.linear(attention + "o_proj", width, config.queryWidth(), bias.attentionOutput()),
        headNorm(attention + "q_norm.weight", config.queryWidth()),
        headNorm(attention + "k_norm.weight", config.keyWidth()),
        norm(at, norms.attentionOutput()),
        norm(at, norms.mlp()),
        source.linear(mlp + "gate_proj", inner, width, bias.mlp()),
        source.linear(mlp + "up_proj", inner, width, bias.mlp()),
        source.linear(mlp + "down_proj", width, inner, bias.mlp()),
        norm(at, norms.mlpOutput()));
  }

  @Override
  protected NormTensors finalNorm() {
    return norm("norm");
  }

  /** The weight of a norm of queries or keys, which have {@code all} elements; null without one. */
  private float[] headNorm(String name, int all) {
    QueryKeyNorm kind = config.attention().queryKeyNorm();
    return switch (kind) {
      case NONE -> null;
      case EACH_HEAD -> weight(name, config.headDim());
      case ALL_HEADS -> weight(name, all);
    };
  }

  private NormTensors norm(String at, Optional<String> name) {
    return name.map(own -> norm(at + own)).orElse(null);
  }

  private NormTensors norm(String name) {
    return new NormTensors(weight(name + ".weight", config.width()), null);
  }

  private float[] weight(String name, int size) {
    float[] weight = source.vector(name, size);
    for (int i = 0; i < weight.length; i++) {
      weight[i] += added;
    }
    return weight;
  }
}
