package org.sparkadept.decoder.model.family.granite;

import java.util.List;
import java.util.Set;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ModelFamily;
import org.sparkadept.decoder.model.family.TensorLayout;
import org.sparkadept.decoder.model.family.llama.LlamaTensors;

/** Granite 3 and 4: Llama's block with multipliers. Of Granite 4, those of attention alone. */
public final class GraniteFamily implements ModelFamily {
  private static final String HYBRID = "granitemoehybrid";

  @Override
  public Set<String> modelTypes() {
    return Set.of("granite", HYBRID);
  }

  @Override
  public ModelConfig config(JsonObject json, List<String> labels) {
    return json.text("model_type").equals(HYBRID)
        ? GraniteConfig.readHybrid(json, labels)
        : GraniteConfig.read(json, labels);
  }

  @Override
  public TensorLayout tensors(ModelConfig config, Checkpoint checkpoint) {
    return config.modelType().equals(HYBRID)
        ? new GraniteHybridTensors(config, checkpoint)
        : new LlamaTensors(config, checkpoint, LlamaTensors.Norms.LLAMA, 0);
  }
}
