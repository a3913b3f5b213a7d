package org.sparkadept.decoder.model.family;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.tensor.Matrix;

/** Reads checkpoints of all known {@link ModelFamily families}. */
public final class ModelFamilies {
  /** The classification head of the kind {@code …ForSequenceClassification}, [labels, width]. */
  public static final String CLASSIFICATION_HEAD = "score.weight";

  private static final Logger LOG = LoggerFactory.getLogger(ModelFamilies.class);

  private ModelFamilies() {}

  /**
   * The configuration of a checkpoint. Its labels are those of the classification head;
   * configurations of plain language models name labels too, but mean nothing by them.
   *
   * @throws CheckpointException if it is malformed, or asks for what is not supported
   */
  public static ModelConfig config(Checkpoint checkpoint) {
    JsonObject json = checkpoint.config();
    boolean head = checkpoint.tensors().has(CLASSIFICATION_HEAD);
    ModelConfig config = config(json, head ? Labels.ofHead(json) : List.of());
    if (head) {
      checkLabelCount(json, config, checkpoint.tensors().tensor(CLASSIFICATION_HEAD).dim(0));
    }
    return config;
  }

  /**
   * A configuration by itself; its labels are those of {@code id2label}, as written.
   *
   * @throws CheckpointException if it is malformed, or asks for what is not supported
   */
  public static ModelConfig config(JsonObject json) {
    return config(json, Labels.asWritten(json));
  }

  private static ModelConfig config(JsonObject json, List<String> labels) {
    if (json.has("quantization_config")) {
      throw json.wrong(
          "quantization_config", "is not supported; use the checkpoint in F32, F16 or BF16");
    }
    ModelConfig config = family(json).config(json, labels);
    Limits.check(json, config);
    return config;
  }

  private static void checkLabelCount(JsonObject json, ModelConfig config, int rows) {
    if (rows != config.labels().size()) {
      throw new CheckpointException(
          String.format(
              "%s names %d labels (id2label), but the classification head %s has %d rows; give"
                  + " id2label a name for each row.",
              json.file(), config.labels().size(), CLASSIFICATION_HEAD, rows));
    }
  }

  private static ModelFamily family(JsonObject json) {
    String type = json.text("model_type");
    TreeSet<String> known = new TreeSet<>();
    for (ModelFamily family :
        ServiceLoader.load(ModelFamily.class, ModelFamily.class.getClassLoader())) {
      if (family.modelTypes().contains(type)) {
        return family;
      }
      known.addAll(family.modelTypes());
    }
    throw json.unsupported("model_type", type, known.toArray(String[]::new));
  }

  /**
   * Finds and checks every tensor that a model needs.
   *
   * @param config the checkpoint's configuration
   * @throws CheckpointException if one is absent, or of another shape than the configuration asks
   *     for, or of a type that cannot be read
   */
  public static ModelTensors tensors(ModelConfig config, Checkpoint checkpoint) {
    TensorLayout layout = family(checkpoint.config()).tensors(config, checkpoint);
    List<LayerTensors> layers = new ArrayList<>();
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(layout.layer(layer));
    }
    Matrix head =
        checkpoint.tensors().has(CLASSIFICATION_HEAD)
            ? Matrix.of(
                layout.source.exactly(CLASSIFICATION_HEAD, config.labels().size(), config.width()))
            : null;
    ModelTensors tensors =
        new ModelTensors(
            config, layout.embedding(), layout.positions(), layers, layout.finalNorm(), head);
    warnOfIgnored(checkpoint, layout.source);
    return tensors;
  }

  /** Tensors that are not used may mean that the configuration is that of another model. */
  private static void warnOfIgnored(Checkpoint checkpoint, TensorSource source) {
    List<String> ignored = new ArrayList<>();
    for (String name : checkpoint.tensors().names()) {
      if (!source.used().contains(name) && !isHarmless(name)) {
        ignored.add(name);
      }
    }
    if (!ignored.isEmpty()) {
      LOG.warn(
          "{}: {} tensors are not used, among them {}; check that {} belongs to the weights",
          checkpoint.directory(),
          ignored.size(),
          ignored.subList(0, Math.min(3, ignored.size())),
          checkpoint.config().file());
    }
  }

  /** The language-model head, and buffers that older releases saved: frequencies, causal masks. */
  private static boolean isHarmless(String name) {
    return name.equals("lm_head.weight")
        || name.endsWith(".rotary_emb.inv_freq")
        || name.endsWith(".attn.bias")
        || name.endsWith(".attn.masked_bias");
  }
}
