package org.sparkadept.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.sparkadept.udfs.batch.ArrowBatchEvaluator;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.batch.BatchMetrics;
import org.sparkadept.udfs.classify.ClassifyFunction;

/**
 * A function of the shape of {@link ClassifyFunction} without an engine: every text that is not
 * NULL gets the same label, score and exit layer, and its length in bytes as its tokens.
 */
final class NoOpFunction implements ArrowBatchFunction {
  private static final long serialVersionUID = 1L;
  private static final byte[] LABEL = "label".getBytes(StandardCharsets.UTF_8);

  private final ClassifyFunction shape;

  /**
   * @param shape whose result's shape it takes on
   */
  NoOpFunction(ClassifyFunction shape) {
    this.shape = shape;
  }

  @Override
  public String name() {
    return "no_op";
  }

  @Override
  public List<ArrowType> inputTypes() {
    return List.of(ArrowType.Utf8.INSTANCE);
  }

  @Override
  public Field resultField() {
    return shape.resultField();
  }

  @Override
  public ArrowBatchEvaluator open(BatchMetrics metrics) {
    return new Evaluator();
  }

  private static final class Evaluator implements ArrowBatchEvaluator {
    @Override
    public void evaluate(List<? extends FieldVector> inputs, int rowCount, StructVector answers) {
      VarCharVector texts = (VarCharVector) inputs.get(0);
      VarCharVector label = answers.getChild(ClassifyFunction.LABEL, VarCharVector.class);
      Float4Vector score = answers.getChild(ClassifyFunction.SCORE, Float4Vector.class);
      IntVector exitLayer = answers.getChild(ClassifyFunction.EXIT_LAYER, IntVector.class);
      IntVector tokens = answers.getChild(ClassifyFunction.TOKENS, IntVector.class);
      for (int row = 0; row < rowCount; row++) {
        if (texts.isNull(row)) {
          answers.setNull(row);
          continue;
        }
        answers.setIndexDefined(row);
        label.setSafe(row, LABEL);
        score.setSafe(row, 1);
        exitLayer.setSafe(row, 1);
        tokens.setSafe(row, texts.getValueLength(row));
      }
      answers.setValueCount(rowCount);
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }
}
