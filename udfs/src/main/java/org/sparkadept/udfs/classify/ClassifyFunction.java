package org.sparkadept.udfs.classify;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.batch.ArrowBatchEvaluator;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.batch.BatchMetric;
import org.sparkadept.udfs.batch.BatchMetrics;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.metrics.ScoringAccumulator;
import org.sparkadept.udfs.metrics.ScoringTime;
import org.sparkadept.udfs.metrics.ScoringTotals;
import org.sparkadept.udfs.model.ModelLocation;
import org.sparkadept.udfs.sharing.LeasedClassifier;
import org.sparkadept.udfs.sharing.SharedModels;

/**
 * Text in, label out: {@code classify(text STRING or STRUCT) → STRUCT<label STRING, score FLOAT,
 * scores ARRAY<STRUCT<label STRING, score FLOAT>>, exit_layer INT, tokens INT, truncated BOOLEAN,
 * error STRING>}. NULL in, NULL out. A text that cannot be scored has an {@code error} and no
 * label; one whose score is too low has no label either, but its score.
 *
 * <p>Where the model's rows may have several labels, {@code labels ARRAY<STRUCT<label STRING, score
 * FLOAT>>} follows {@code score}.
 */
public final class ClassifyFunction implements ArrowBatchFunction {
  /**
   * The answer: a label of the model; of several the most probable, and NULL of none. NULL, too,
   * where the score is below the least one of an answer.
   */
  public static final String LABEL = "label";

  /** Probability of the most probable label, in (0, 1]; NULL where the answer is no label. */
  public static final String SCORE = "score";

  /**
   * The answer of a model whose rows may have several labels: those that reach their thresholds,
   * with their probabilities, the most probable first; may be empty.
   */
  public static final String LABELS = "labels";

  /** The most probable labels with their probabilities, in this order; or NULL if not requested. */
  public static final String SCORES = "scores";

  /** Layer after which the row was answered, from 1. */
  public static final String EXIT_LAYER = "exit_layer";

  /** Tokens of the row as scored. */
  public static final String TOKENS = "tokens";

  /** Whether the text was cut to the bound on tokens. */
  public static final String TRUNCATED = "truncated";

  private static final long serialVersionUID = 2L;

  private final ModelLocation model;
  private final ComputeOptions compute;
  private final ClassifierOptions options;
  private final int scoredLabels;
  private final ArrayList<Integer> exitLayers = new ArrayList<>();
  private final ArrayList<String> textColumns = new ArrayList<>();
  private final ScoringAccumulator totals;
  private boolean multiLabel;

  /**
   * A function that counts in its metrics only.
   *
   * @param model each executor opens it from there
   * @param compute where and in which precision the model is computed
   * @param options how it answers
   * @param scoredLabels how many of the most probable labels to return with their probabilities; 0
   *     for none
   * @throws AdeptException as the other constructor
   */
  public ClassifyFunction(
      ModelLocation model, ComputeOptions compute, ClassifierOptions options, int scoredLabels) {
    this(model, compute, options, scoredLabels, null);
  }

  /**
   * @param model each executor opens it from there
   * @param compute where and in which precision the model is computed
   * @param options how it answers
   * @param scoredLabels how many of the most probable labels to return with their probabilities; 0
   *     for none
   * @param totals where rows and costs are counted, too; may be null
   * @throws AdeptException if the model or an option cannot be used, as far as this machine sees
   *     the model
   */
  public ClassifyFunction(
      ModelLocation model,
      ComputeOptions compute,
      ClassifierOptions options,
      int scoredLabels,
      ScoringAccumulator totals) {
    this.model = model;
    this.compute = compute;
    this.options = options;
    this.scoredLabels = scoredLabels;
    this.totals = totals;
    model.seen().ifPresent(this::read);
  }

  private void read(ModelSource source) {
    try (ModelDirectory directory = ModelDirectory.open(source)) {
      Classifier.check(directory, options);
      exitLayers.addAll(ClassifyMetrics.exitLayers(directory));
      if (directory.prompt() != null) {
        textColumns.addAll(directory.prompt().columns());
      }
      multiLabel = directory.rule().isMultiLabel();
    }
  }

  /** The children of the result that have values. */
  public List<String> fields() {
    List<String> fields = new ArrayList<>();
    for (Field child : resultField().getChildren()) {
      if (scoredLabels > 0 || !child.getName().equals(SCORES)) {
        fields.add(child.getName());
      }
    }
    return fields;
  }

  @Override
  public String name() {
    return ClassifySqlFunction.NAME;
  }

  @Override
  public List<ArrowType> inputTypes() {
    return List.of(ArrowType.Utf8.INSTANCE);
  }

  /** The columns that the model's prompt reads; empty if it has none, or is not seen from here. */
  @Override
  public List<String> textColumns() {
    return List.copyOf(textColumns);
  }

  @Override
  public Field resultField() {
    List<Field> children = new ArrayList<>();
    children.add(Field.nullable(LABEL, ArrowType.Utf8.INSTANCE));
    children.add(Field.nullable(SCORE, new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)));
    if (multiLabel) {
      children.add(LabelScores.field(LABELS));
    }
    children.add(LabelScores.field(SCORES));
    children.add(Field.nullable(EXIT_LAYER, new ArrowType.Int(32, true)));
    children.add(Field.nullable(TOKENS, new ArrowType.Int(32, true)));
    children.add(Field.nullable(TRUNCATED, ArrowType.Bool.INSTANCE));
    children.add(Field.nullable(ERROR, ArrowType.Utf8.INSTANCE));
    return new Field(name(), FieldType.nullable(ArrowType.Struct.INSTANCE), children);
  }

  @Override
  public List<BatchMetric> metrics() {
    return ClassifyMetrics.of(exitLayers);
  }

  @Override
  public ArrowBatchEvaluator open(BatchMetrics metrics) {
    long start = System.nanoTime();
    LeasedClassifier classifier = SharedModels.borrow(model, compute, options);
    long opened = System.nanoTime();
    if (classifier.multiLabel() != multiLabel) {
      classifier.close();
      throw new AdeptException(
          String.format(
              "Model %s is a %s model here, but the query was planned for a %s one: the driver sees"
                  + " no model there, or another one. Put the model where the driver sees it, too.",
              model, kind(!multiLabel), kind(multiLabel)));
    }
    ClassifyMetrics counts = new ClassifyMetrics(metrics, exitLayers, classifier.layers());
    if (totals != null) {
      totals.add(ScoringTotals.ofTime(ScoringTime.ofLoad(opened - start)));
    }
    return new ClassifyEvaluator(classifier, scoredLabels, counts, totals);
  }

  private static String kind(boolean multiLabel) {
    return multiLabel ? "multi-label" : "single-label";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClassifyFunction function
        && model.equals(function.model)
        && compute.equals(function.compute)
        && options.equals(function.options)
        && scoredLabels == function.scoredLabels
        && totals == function.totals;
  }

  @Override
  public int hashCode() {
    return Objects.hash(model, compute, options);
  }

  /** As plans show it: the model, and the options that differ from their defaults. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("model " + model);
    append(text, AdeptKey.EXIT_POLICY, options.policy());
    append(text, AdeptKey.EXIT_THRESHOLD, options.threshold());
    append(text, AdeptKey.EXIT_TOKENS, options.tokenExit());
    append(text, AdeptKey.MODEL_MAX_TOKENS, options.maxTokens());
    append(text, AdeptKey.ROWS_LONG, options.longRows().mode());
    append(text, AdeptKey.CHUNK_OVERLAP, options.longRows().overlap());
    append(text, AdeptKey.CHUNK_MERGE, options.longRows().merge());
    append(text, AdeptKey.COMPUTE_BACKEND, compute.backend());
    append(text, AdeptKey.OUTPUT_MIN_SCORE, options.minScore());
    if (scoredLabels == Integer.MAX_VALUE) {
      append(text, AdeptKey.OUTPUT_SCORES, true);
    } else {
      append(text, AdeptKey.OUTPUT_TOP_K, scoredLabels);
    }
    return text.toString();
  }

  private static <T> void append(StringBuilder text, AdeptKey<T> key, T value) {
    if (!value.equals(key.defaultValue())) {
      text.append(", ").append(key.option()).append(' ').append(value);
    }
  }
}
