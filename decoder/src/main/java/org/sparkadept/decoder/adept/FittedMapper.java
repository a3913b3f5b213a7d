package org.sparkadept.decoder.adept;

import org.sparkadept.decoder.exit.HiddenStateMapper;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.tensor.Matrix;

/**
 * The mapper in {@code adept.safetensors}: {@code mapper.E.L.weight} and {@code mapper.E.L.bias}.
 */
public record FittedMapper(PolicyTensors tensors, ModelConfig config) implements HiddenStateMapper {
  private static final String ASKER = "\"token_policy\"";

  @Override
  public LinearTensors map(int exitLayer, int layer) {
    String name = "mapper." + exitLayer + "." + layer;
    int outputs = 2 * config.keyWidth();
    return new LinearTensors(
        Matrix.of(
            tensors.finite(
                tensors.tensor(name + ".weight", ASKER, outputs, config.width()), ASKER)),
        tensors.vector(name + ".bias", outputs, ASKER));
  }
}
