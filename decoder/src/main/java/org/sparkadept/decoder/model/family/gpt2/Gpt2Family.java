package org.sparkadept.decoder.model.family.gpt2;

import java.util.List;
import java.util.Set;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ModelFamily;
import org.sparkadept.decoder.model.family.TensorLayout;

/** GPT-2. */
public final class Gpt2Family implements ModelFamily {
  @Override
  public Set<String> modelTypes() {
    return Set.of("gpt2");
  }

  @Override
  public ModelConfig config(JsonObject json, List<String> labels) {
    return Gpt2Config.read(json, labels);
  }

  @Override
  public TensorLayout tensors(ModelConfig config, Checkpoint checkpoint) {
    return new Gpt2Tensors(config, checkpoint);
  }
}
