package org.sparkadept.decoder.model.family.modernbert;

import java.util.List;
import java.util.Set;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ModelFamily;
import org.sparkadept.decoder.model.family.TensorLayout;

/**
 * ModernBERT's decoder. Its classification head has a layer of its own, which is not computed here:
 * the model is a backbone.
 */
public final class ModernBertFamily implements ModelFamily {
  @Override
  public Set<String> modelTypes() {
    return Set.of("modernbert-decoder");
  }

  @Override
  public ModelConfig config(JsonObject json, List<String> labels) {
    return ModernBertConfig.read(json, labels);
  }

  @Override
  public TensorLayout tensors(ModelConfig config, Checkpoint checkpoint) {
    return new ModernBertTensors(
        config, checkpoint, checkpoint.config().flag(ModernBertConfig.NORM_BIAS, false));
  }
}
