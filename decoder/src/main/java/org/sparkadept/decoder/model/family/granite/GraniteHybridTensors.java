package org.sparkadept.decoder.model.family.granite;

import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.model.family.TensorLayout;

/**
 * Tensor names of Granite 4. Its MLP is called that of shared experts, {@code
 * model.layers.0.shared_mlp.input_linear.weight}, in which gate and up stand above each other.
 */
final class GraniteHybridTensors extends TensorLayout {
  GraniteHybridTensors(ModelConfig config, Checkpoint checkpoint) {
    super(config, checkpoint, "model.", "embed_tokens.weight");
  }

  @Override
  protected LayerTensors layer(int layer) {
    String at = "layers." + layer + ".";
    String attention = at + "self_attn.";
    int width = config.width();
    int inner = config.mlpWidth();
    boolean biased = config.biases().queryKeyValue();
    LinearTensors[] gateAndUp =
        source.stacked(at + "shared_mlp.input_linear", width, false, inner, inner);
    return new LayerTensors(
        rmsNorm(at + "input_layernorm"),
        source.linear(attention + "q_proj", config.queryWidth(), width, biased),
        source.linear(attention + "k_proj", config.keyWidth(), width, biased),
        source.linear(attention + "v_proj", config.keyWidth(), width, biased),
        source.linear(attention + "o_proj", width, config.queryWidth(), biased),
        null,
        null,
        null,
        rmsNorm(at + "post_attention_layernorm"),
        gateAndUp[0],
        gateAndUp[1],
        source.linear(at + "shared_mlp.output_linear", width, inner, false),
        null);
  }

  @Override
  protected NormTensors finalNorm() {
    return rmsNorm("norm");
  }
}
