package org.sparkadept.udfs.classify;

import java.util.List;
import java.util.Objects;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.udfs.batch.ArrowBatchEvaluator;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.batch.BatchMetric;
import org.sparkadept.udfs.batch.BatchMetrics;
import org.sparkadept.udfs.metrics.ScoringAccumulator;

/**
 * Text in, label out: {@code classify(text STRING) → STRUCT<label STRING, score FLOAT, exit_layer
 * INT, tokens INT, truncated BOOLEAN, error STRING>}. NULL in, NULL out. A text that cannot be
 * scored has an {@code error} and no label.
 */
public final class ClassifyFunction implements ArrowBatchFunction {
  /** The answer: a label of the model. */
  public static final String LABEL = "label";

  /** Probability of the label, in (0, 1]. */
  public static final String SCORE = "score";

  /** Layer after which the row was answered, from 1. */
  public static final String EXIT_LAYER = "exit_layer";

  /** Tokens of the row as scored. */
  public static final String TOKENS = "tokens";

  /** Whether the text was cut to the bound on tokens. */
  public static final String TRUNCATED = "truncated";

  private static final long serialVersionUID = 1L;

  private final String model;
  private final DecoderOptions options;
  private final ScoringAccumulator totals;

  /**
   * A function that counts in its metrics alone.
   *
   * @param model the model directory; each executor opens it under this path
   * @param options how the decoder runs
   */
  public ClassifyFunction(String model, DecoderOptions options) {
    this(model, options, null);
  }

  /**
   * @param model the model directory; each executor opens it under this path
   * @param options how the decoder runs
   * @param totals where rows and costs are counted, too; may be null
   */
  public ClassifyFunction(String model, DecoderOptions options, ScoringAccumulator totals) {
    this.model = model;
    this.options = options;
    this.totals = totals;
  }

  @Override
  public String name() {
    return ClassifySqlFunction.NAME;
  }

  @Override
  public List<ArrowType> inputTypes() {
    return List.of(ArrowType.Utf8.INSTANCE);
  }

  @Override
  public Field resultField() {
    return new Field(
        name(),
        FieldType.nullable(ArrowType.Struct.INSTANCE),
        List.of(
            Field.nullable(LABEL, ArrowType.Utf8.INSTANCE),
            Field.nullable(SCORE, new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE)),
            Field.nullable(EXIT_LAYER, new ArrowType.Int(32, true)),
            Field.nullable(TOKENS, new ArrowType.Int(32, true)),
            Field.nullable(TRUNCATED, ArrowType.Bool.INSTANCE),
            Field.nullable(ERROR, ArrowType.Utf8.INSTANCE)));
  }

  @Override
  public List<BatchMetric> metrics() {
    return ClassifyMetrics.ALL;
  }

  @Override
  public ArrowBatchEvaluator open(BatchMetrics metrics) {
    return new ClassifyEvaluator(SharedDecoders.acquire(model, options), totals, metrics);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ClassifyFunction function
        && model.equals(function.model)
        && options.equals(function.options)
        && totals == function.totals;
  }

  @Override
  public int hashCode() {
    return Objects.hash(model, options);
  }

  /** As it stands in a plan, before the call's arguments. */
  @Override
  public String toString() {
    return "model " + model;
  }
}
