package org.sparkadept.decoder.model.family.llama;

import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.model.BiasConfig;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.model.family.TensorLayout;

/**
 * Tensor names of Llama, Mistral, Qwen2 and Qwen3: {@code model.layers.0.self_attn.q_proj.weight}.
 */
final class LlamaTensors extends TensorLayout {
  LlamaTensors(ModelConfig config, Checkpoint checkpoint) {
    super(config, checkpoint, "model.", "embed_tokens.weight");
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
        norm(at + "input_layernorm.weight"),
        source.linear(attention + "q_proj", config.queryWidth(), width, bias.queryKeyValue()),
        source.linear(attention + "k_proj", config.keyWidth(), width, bias.queryKeyValue()),
        source.linear(attention + "v_proj", config.keyWidth(), width, bias.queryKeyValue()),
        source.linear(attention + "o_proj", width, config.queryWidth(), bias.attentionOutput()),
        config.qkNorm() ? source.vector(attention + "q_norm.weight", config.headDim()) : null,
        config.qkNorm() ? source.vector(attention + "k_norm.weight", config.headDim()) : null,
        norm(at + "post_attention_layernorm.weight"),
        source.linear(mlp + "gate_proj", inner, width, bias.mlp()),
        source.linear(mlp + "up_proj", inner, width, bias.mlp()),
        source.linear(mlp + "down_proj", width, inner, bias.mlp()));
  }

  @Override
  protected NormTensors finalNorm() {
    return norm("norm.weight");
  }

  private NormTensors norm(String name) {
    return new NormTensors(source.vector(name, config.width()), null);
  }
}
