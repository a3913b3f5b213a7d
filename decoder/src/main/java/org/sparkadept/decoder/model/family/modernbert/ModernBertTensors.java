package org.sparkadept.decoder.model.family.modernbert;

import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.model.BiasConfig;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.model.family.TensorLayout;

/**
 * Tensor names of ModernBERT's decoder: gate and up stand above each other in {@code
 * model.layers.0.mlp.Wi.weight}; the first layer has no norm before attention.
 */
final class ModernBertTensors extends TensorLayout {
  private final boolean biasedNorms;

  /**
   * @param biasedNorms whether norms have a bias
   */
  ModernBertTensors(ModelConfig config, Checkpoint checkpoint, boolean biasedNorms) {
    super(config, checkpoint, "model.", "embeddings.tok_embeddings.weight");
    this.biasedNorms = biasedNorms;
  }

  @Override
  protected NormTensors embeddingNorm() {
    return norm("embeddings.norm");
  }

  @Override
  protected LayerTensors layer(int layer) {
    String at = "layers." + layer + ".";
    String attention = at + "attn.";
    int width = config.width();
    int inner = config.mlpWidth();
    BiasConfig bias = config.biases();
    LinearTensors[] gateAndUp = source.stacked(at + "mlp.Wi", width, bias.mlp(), inner, inner);
    return new LayerTensors(
        layer == 0 ? null : norm(at + "attn_norm"),
        source.linear(attention + "q_proj", config.queryWidth(), width, bias.queryKeyValue()),
        source.linear(attention + "k_proj", config.keyWidth(), width, bias.queryKeyValue()),
        source.linear(attention + "v_proj", config.keyWidth(), width, bias.queryKeyValue()),
        source.linear(attention + "Wo", width, config.queryWidth(), bias.attentionOutput()),
        null,
        null,
        null,
        norm(at + "mlp_norm"),
        gateAndUp[0],
        gateAndUp[1],
        source.linear(at + "mlp.Wo", width, inner, bias.mlp()),
        null);
  }

  @Override
  protected NormTensors finalNorm() {
    return norm("final_norm");
  }

  private NormTensors norm(String name) {
    return new NormTensors(
        source.vector(name + ".weight", config.width()),
        biasedNorms ? source.vector(name + ".bias", config.width()) : null);
  }
}
