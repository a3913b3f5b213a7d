package org.sparkadept.udfs.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.spark.sql.util.ArrowUtils;
import org.sparkadept.udfs.batch.ArrowBatchEvaluator;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.batch.BatchMetric;
import org.sparkadept.udfs.batch.BatchMetrics;

/** {@code word_count(text, least)}: words of at least so many letters, and the longest. */
record WordCount() implements ArrowBatchFunction {
  static final AtomicLong ROWS = new AtomicLong();
  static final AtomicInteger OPEN = new AtomicInteger();
  static final AtomicInteger LARGEST_BATCH = new AtomicInteger();

  /** What happens while a batch is evaluated. */
  static final AtomicReference<Runnable> MEANWHILE = new AtomicReference<>(() -> {});

  private static final long serialVersionUID = 1L;

  static void reset() {
    ROWS.set(0);
    LARGEST_BATCH.set(0);
    MEANWHILE.set(() -> {});
  }

  static void assertReleased() {
    assertEquals(0, ArrowUtils.rootAllocator().getAllocatedMemory(), "Arrow memory was leaked");
    assertEquals(0, OPEN.get(), "an evaluator was left open");
  }

  @Override
  public String name() {
    return "word_count";
  }

  @Override
  public List<ArrowType> inputTypes() {
    return List.of(ArrowType.Utf8.INSTANCE, new ArrowType.Int(32, true));
  }

  @Override
  public Field resultField() {
    return new Field(
        name(),
        FieldType.nullable(ArrowType.Struct.INSTANCE),
        List.of(
            Field.nullable("words", new ArrowType.Int(32, true)),
            Field.nullable("longest", ArrowType.Utf8.INSTANCE),
            Field.nullable(ERROR, ArrowType.Utf8.INSTANCE)));
  }

  @Override
  public List<BatchMetric> metrics() {
    return List.of(new BatchMetric("words", "words counted", BatchMetric.Kind.COUNT));
  }

  @Override
  public ArrowBatchEvaluator open(BatchMetrics metrics) {
    OPEN.incrementAndGet();
    return new Evaluator(metrics);
  }

  private record Evaluator(BatchMetrics metrics) implements ArrowBatchEvaluator {
    @Override
    public void evaluate(List<? extends FieldVector> inputs, int rowCount, StructVector result) {
      MEANWHILE.get().run();
      ROWS.addAndGet(rowCount);
      LARGEST_BATCH.accumulateAndGet(rowCount, Math::max);
      VarCharVector texts = (VarCharVector) inputs.get(0);
      IntVector least = (IntVector) inputs.get(1);
      IntVector words = result.getChild("words", IntVector.class);
      VarCharVector longest = result.getChild("longest", VarCharVector.class);
      VarCharVector error = result.getChild(ERROR, VarCharVector.class);
      for (int row = 0; row < rowCount; row++) {
        if (texts.isNull(row) || least.isNull(row)) {
          result.setNull(row);
          continue;
        }
        result.setIndexDefined(row);
        if (least.get(row) < 0) {
          error.setSafe(row, "least is negative".getBytes(StandardCharsets.UTF_8));
          continue;
        }
        int count = 0;
        String best = "";
        for (String word : texts.getObject(row).toString().split(" ")) {
          count += word.length() >= least.get(row) ? 1 : 0;
          best = word.length() > best.length() ? word : best;
        }
        words.setSafe(row, count);
        longest.setSafe(row, best.getBytes(StandardCharsets.UTF_8));
        metrics.add("words", count);
      }
      result.setValueCount(rowCount);
    }

    @Override
    public void close() {
      OPEN.decrementAndGet();
    }
  }
}
