package org.sparkadept.decoder.model.family.phi3;

import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.model.family.TensorLayout;

/**
 * Tensor names of Phi-3: query, key and value stand above each other in {@code
 * model.layers.0.self_attn.qkv_proj.weight}, gate and up in {@code
 * model.layers.0.mlp.gate_up_proj.weight}.
 */
final class Phi3Tensors extends TensorLayout {
  Phi3Tensors(ModelConfig config, Checkpoint checkpoint) {
    super(config, checkpoint, "model.", "embed_tokens.weight");
  }

  @Override
  protected LayerTensors layer(int layer) {
    String at = "layers." + layer + ".";
    int width = config.width();
    int inner = config.mlpWidth();
    int keys = config.keyWidth();
    LinearTensors[] attention =
        source.stacked(at + "self_attn.qkv_proj", width, false, config.queryWidth(), keys, keys);
    LinearTensors[] gateAndUp = source.stacked(at + "mlp.gate_up_proj", width, false, inner, inner);
    return new LayerTensors(
        rmsNorm(at + "input_layernorm"),
        attention[0],
        attention[1],
        attention[2],
        source.linear(at + "self_attn.o_proj", width, config.queryWidth(), false),
        null,
        null,
        null,
        rmsNorm(at + "post_attention_layernorm"),
        gateAndUp[0],
        gateAndUp[1],
        source.linear(at + "mlp.down_proj", width, inner, false),
        null);
  }

  @Override
  protected NormTensors finalNorm() {
    return rmsNorm("norm");
  }
}
