package org.sparkadept.decoder.model.family.llama;

import java.util.List;
import java.util.Set;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ModelFamily;
import org.sparkadept.decoder.model.family.TensorLayout;

/** Llama and what is built like it: SmolLM, TinyLlama, Mistral, Qwen2, Qwen3. */
public final class LlamaFamily implements ModelFamily {
  @Override
  public Set<String> modelTypes() {
    return Set.of("llama", "mistral", "qwen2", "qwen3");
  }

  @Override
  public ModelConfig config(JsonObject json, List<String> labels) {
    return LlamaConfig.read(json, labels);
  }

  @Override
  public TensorLayout tensors(ModelConfig config, Checkpoint checkpoint) {
    return new LlamaTensors(config, checkpoint);
  }
}
