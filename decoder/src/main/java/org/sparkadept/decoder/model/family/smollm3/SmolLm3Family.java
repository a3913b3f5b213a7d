package org.sparkadept.decoder.model.family.smollm3;

import java.util.List;
import java.util.Set;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ModelFamily;
import org.sparkadept.decoder.model.family.TensorLayout;
import org.sparkadept.decoder.model.family.llama.LlamaTensors;

/** SmolLM3: Llama's block, with layers that are told no positions. */
public final class SmolLm3Family implements ModelFamily {
  @Override
  public Set<String> modelTypes() {
    return Set.of("smollm3");
  }

  @Override
  public ModelConfig config(JsonObject json, List<String> labels) {
    return SmolLm3Config.read(json, labels);
  }

  @Override
  public TensorLayout tensors(ModelConfig config, Checkpoint checkpoint) {
    return new LlamaTensors(config, checkpoint, LlamaTensors.Norms.LLAMA, 0);
  }
}
