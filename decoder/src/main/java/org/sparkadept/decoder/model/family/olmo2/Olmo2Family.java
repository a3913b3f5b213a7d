package org.sparkadept.decoder.model.family.olmo2;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.AttentionConfig.QueryKeyNorm;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormConfig;
import org.sparkadept.decoder.model.NormKind;
import org.sparkadept.decoder.model.family.ConfigDraft;
import org.sparkadept.decoder.model.family.ConfigValues;
import org.sparkadept.decoder.model.family.ModelFamily;
import org.sparkadept.decoder.model.family.RotaryReader;
import org.sparkadept.decoder.model.family.TensorLayout;
import org.sparkadept.decoder.model.family.llama.LlamaTensors;

/** OLMo 2: norms after attention and MLP instead of before, and of queries and keys as a whole. */
public final class Olmo2Family implements ModelFamily {
  private static final LlamaTensors.Norms NORMS =
      new LlamaTensors.Norms(
          Optional.empty(),
          Optional.of("post_attention_layernorm"),
          Optional.empty(),
          Optional.of("post_feedforward_layernorm"));

  @Override
  public Set<String> modelTypes() {
    return Set.of("olmo2");
  }

  @Override
  public ModelConfig config(JsonObject json, List<String> labels) {
    float eps = ConfigValues.epsilon(json, "rms_norm_eps");
    ConfigDraft draft = new ConfigDraft(json, labels);
    return draft
        .norms(new NormConfig(NormKind.RMS, eps, NormConfig.Before.NONE, true))
        .activation("hidden_act")
        .queryKeyNorm(QueryKeyNorm.ALL_HEADS)
        .positions(
            new int[draft.layers()],
            RotaryReader.read(json, draft.headDim(), RotaryReader.DEFAULT_THETA))
        .attentionBiases(false)
        .config();
  }

  @Override
  public TensorLayout tensors(ModelConfig config, Checkpoint checkpoint) {
    return new LlamaTensors(config, checkpoint, NORMS, 0);
  }
}
