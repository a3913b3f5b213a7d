package org.sparkadept.decoder.exit;

import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.Matrix;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * The mapper in {@code adept.safetensors}: {@code mapper.E.L.weight} and {@code mapper.E.L.bias}.
 */
record FittedMapper(PolicyTensors tensors, ModelConfig config) implements HiddenStateMapper {
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
