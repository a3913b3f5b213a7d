package org.sparkadept.decoder.model.family;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.tensor.Matrix;
import org.sparkadept.decoder.tensor.Tensor;

/** Reads checkpoints of all known {@link ModelFamily families}. */
public final class ModelFamilies {
  /** What the classification head of the kind {@code …ForSequenceClassification} is called. */
  private static final List<String> HEADS = List.of("score", "classifier");

  /** A layer between the backbone and the classification head, which is not computed here. */
  public static final String HEAD_LAYER = "head.dense.weight";

  private static final String WEIGHT = ".weight";
  private static final String BIAS = ".bias";

  /** Heads of language models, and a classification head with {@link #HEAD_LAYER}. */
  private static final List<String> HEAD_PREFIXES =
      List.of("lm_head.", "decoder.", "head.", "classifier.");

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
    Optional<String> head = classificationHead(checkpoint);
    ModelConfig config = config(json, head.isPresent() ? Labels.ofHead(json) : List.of());
    if (head.isPresent()) {
      checkLabelCount(json, config, checkpoint.tensors().tensor(head.get()));
    }
    return config;
  }

  /**
   * The weight of the checkpoint's own classification head, {@code score.weight} or {@code
   * classifier.weight}, [labels, width]. One that reads more than the norm of the last state is
   * none of it: there must be no layer between.
   */
  public static Optional<String> classificationHead(Checkpoint checkpoint) {
    return checkpoint.tensors().has(HEAD_LAYER)
        ? Optional.empty()
        : HEADS.stream().map(name -> name + WEIGHT).filter(checkpoint.tensors()::has).findFirst();
  }

  /** Whether a tensor is the weight or the bias of a classification head, by its name. */
  public static boolean isClassificationHead(String tensor) {
    return HEADS.stream()
        .anyMatch(head -> tensor.equals(head + WEIGHT) || tensor.equals(head + BIAS));
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

  private static void checkLabelCount(JsonObject json, ModelConfig config, Tensor head) {
    int rows = head.dim(0);
    if (rows != config.labels().size()) {
      throw new CheckpointException(
          String.format(
              "%s names %d labels (id2label), but the classification head %s has %d rows; give"
                  + " id2label a name for each row.",
              json.file(), config.labels().size(), head.name(), rows));
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
    LinearTensors head =
        classificationHead(checkpoint)
            .map(name -> head(name, config, checkpoint, layout.source))
            .orElse(null);
    ModelTensors tensors =
        new ModelTensors(
            config, layout.embedding(), layout.positions(), layers, layout.finalNorm(), head);
    warnOfHeadLayer(checkpoint);
    warnOfIgnored(checkpoint, layout.source);
    return tensors;
  }

  private static LinearTensors head(
      String weight, ModelConfig config, Checkpoint checkpoint, TensorSource source) {
    int labels = config.labels().size();
    String bias = weight.substring(0, weight.length() - WEIGHT.length()) + BIAS;
    return new LinearTensors(
        Matrix.of(source.exactly(weight, labels, config.width())),
        checkpoint.tensors().has(bias) ? source.exactly(bias, labels).readAll() : null);
  }

  private static void warnOfHeadLayer(Checkpoint checkpoint) {
    if (checkpoint.tensors().has(HEAD_LAYER)) {
      LOG.warn(
          "{}: the classification head has a layer of its own ({}), which is not computed here; the"
              + " head is left out, and the model needs exit heads that are fitted",
          checkpoint.directory(),
          HEAD_LAYER);
    }
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

  /**
   * Heads that are not computed here, and buffers that older releases saved: frequencies, causal
   * masks.
   */
  private static boolean isHarmless(String name) {
    return HEAD_PREFIXES.stream().anyMatch(name::startsWith)
        || name.endsWith(".rotary_emb.inv_freq")
        || name.endsWith(".attn.bias")
        || name.endsWith(".attn.masked_bias");
  }
}
