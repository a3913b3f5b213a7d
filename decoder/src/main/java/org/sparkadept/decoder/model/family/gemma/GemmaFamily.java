package org.sparkadept.decoder.model.family.gemma;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ModelFamily;
import org.sparkadept.decoder.model.family.TensorLayout;
import org.sparkadept.decoder.model.family.llama.LlamaTensors;

/** Gemma 2 and 3. Their norms have {@code 1 + w}, w being what the file has. */
public final class GemmaFamily implements ModelFamily {
  private static final LlamaTensors.Norms NORMS =
      new LlamaTensors.Norms(
          Optional.of("input_layernorm"),
          Optional.of("post_attention_layernorm"),
          Optional.of("pre_feedforward_layernorm"),
          Optional.of("post_feedforward_layernorm"));

  @Override
  public Set<String> modelTypes() {
    return Set.of(GemmaConfig.GEMMA_2, GemmaConfig.GEMMA_3);
  }

  @Override
  public ModelConfig config(JsonObject json, List<String> labels) {
    return json.text("model_type").equals(GemmaConfig.GEMMA_2)
        ? GemmaConfig.read2(json, labels)
        : GemmaConfig.read3(json, labels);
  }

  @Override
  public TensorLayout tensors(ModelConfig config, Checkpoint checkpoint) {
    return new LlamaTensors(config, checkpoint, NORMS, 1);
  }
}
