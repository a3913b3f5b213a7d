package org.sparkadept.training.model;

import java.util.stream.Collectors;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.model.BlockFeature;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;

/**
 * What a checkpoint calls the norms of a layer. {@link ModelTensors} names matrices only; the names
 * of the norms beside them follow from the family.
 *
 * @param attentionNorm weight of the norm before attention
 * @param queryNorm weight of the queries' head norm
 * @param keyNorm weight of the keys' head norm
 * @param mlpNorm weight of the norm before the MLP
 */
record VectorNames(String attentionNorm, String queryNorm, String keyNorm, String mlpNorm) {
  private static final String WEIGHT = ".weight";

  /**
   * @throws AdeptException if the family is not known here, or the tuner does not compute what its
   *     block has
   */
  static VectorNames of(ModelTensors tensors, int layer) {
    if (!tensors.config().features().isEmpty()) {
      throw unknown(tensors.config());
    }
    String query = tensors.layer(layer).query().weight().name();
    return switch (tensors.config().modelType()) {
      case "llama", "mistral", "qwen2", "qwen3" -> {
        String at = query.substring(0, query.length() - "self_attn.q_proj.weight".length());
        yield new VectorNames(
            at + "input_layernorm.weight",
            at + "self_attn.q_norm.weight",
            at + "self_attn.k_norm.weight",
            at + "post_attention_layernorm.weight");
      }
      case "gpt2" -> {
        String at = query.substring(0, query.length() - "attn.c_attn.weight".length());
        yield new VectorNames(at + "ln_1.weight", null, null, at + "ln_2.weight");
      }
      default -> throw unknown(tensors.config());
    };
  }

  /** Weight of the norm after the last layer. */
  static String finalNorm(ModelTensors tensors) {
    String embedding = tensors.embedding().name();
    return switch (tensors.config().modelType()) {
      case "llama", "mistral", "qwen2", "qwen3" ->
          embedding.replace("embed_tokens.weight", "norm.weight");
      case "gpt2" -> embedding.replace("wte.weight", "ln_f.weight");
      default -> throw unknown(tensors.config());
    };
  }

  /** The bias beside a weight. */
  static String bias(String weight) {
    return weight.substring(0, weight.length() - WEIGHT.length()) + ".bias";
  }

  private static AdeptException unknown(ModelConfig config) {
    String features =
        config.features().stream().map(BlockFeature::toString).collect(Collectors.joining(", "));
    return new AdeptException(
        "Models of the type "
            + config.modelType()
            + " can be used, but not tuned"
            + (features.isEmpty() ? "" : " (the tuner does not compute " + features + ")")
            + "; choose a backbone of the type llama, mistral, qwen2,"
            + " qwen3 or gpt2, or fit exits without tuning.");
  }
}
