package org.sparkadept.decoder.model.family.gpt2;

import java.util.Arrays;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.model.family.TensorLayout;
import org.sparkadept.decoder.tensor.Matrix;
import org.sparkadept.decoder.tensor.Tensor;
import org.sparkadept.decoder.tensor.TransposedMatrix;

/**
 * Tensor names of GPT-2: {@code transformer.h.0.attn.c_attn.weight}. Its projections are stored as
 * [in, out]; query, key and value share one.
 */
final class Gpt2Tensors extends TensorLayout {
  Gpt2Tensors(ModelConfig config, Checkpoint checkpoint) {
    super(config, checkpoint, "transformer.", "wte.weight");
  }

  @Override
  protected Matrix positions() {
    return source.matrix("wpe.weight", config.maxPositions(), config.width());
  }

  @Override
  protected LayerTensors layer(int layer) {
    String at = "h." + layer + ".";
    int width = config.width();
    int inner = config.mlpWidth();
    Tensor fused = source.tensor(at + "attn.c_attn.weight", width, 3 * width);
    float[] fusedBias = source.vector(at + "attn.c_attn.bias", 3 * width);
    return new LayerTensors(
        norm(at + "ln_1"),
        part(fused, fusedBias, 0),
        part(fused, fusedBias, 1),
        part(fused, fusedBias, 2),
        conv1d(at + "attn.c_proj", width, width),
        null,
        null,
        null,
        norm(at + "ln_2"),
        null,
        conv1d(at + "mlp.c_fc", inner, width),
        conv1d(at + "mlp.c_proj", width, inner),
        null);
  }

  @Override
  protected NormTensors finalNorm() {
    return norm("ln_f");
  }

  /** Query (0), key (1) or value (2) out of the fused projection. */
  private LinearTensors part(Tensor fused, float[] bias, int which) {
    int first = which * config.width();
    return new LinearTensors(
        new TransposedMatrix(fused, first, config.width()),
        Arrays.copyOfRange(bias, first, first + config.width()));
  }

  private LinearTensors conv1d(String name, int out, int in) {
    return new LinearTensors(
        new TransposedMatrix(source.tensor(name + ".weight", in, out), 0, out),
        source.vector(name + ".bias", out));
  }

  private NormTensors norm(String name) {
    return new NormTensors(
        source.vector(name + ".weight", config.width()),
        source.vector(name + ".bias", config.width()));
  }
}
