package org.sparkadept.decoder.model.family.phi3;

import java.util.List;
import java.util.Set;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ModelFamily;
import org.sparkadept.decoder.model.family.TensorLayout;

/** Phi-3 and Phi-4. */
public final class Phi3Family implements ModelFamily {
  @Override
  public Set<String> modelTypes() {
    return Set.of("phi3");
  }

  @Override
  public ModelConfig config(JsonObject json, List<String> labels) {
    return Phi3Config.read(json, labels);
  }

  @Override
  public TensorLayout tensors(ModelConfig config, Checkpoint checkpoint) {
    return new Phi3Tensors(config, checkpoint);
  }
}
