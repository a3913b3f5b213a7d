package org.sparkadept.udfs.classify;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.sparkadept.udfs.batch.BatchMetric;
import org.sparkadept.udfs.batch.BatchMetrics;
import org.sparkadept.udfs.metrics.ScoringTotals;

/** The metrics of classifications: at their operator in Spark's user interface, and of this JVM. */
public final class ClassifyMetrics {
  private static final BatchMetric SCORED = count("scored", "rows classified");
  private static final BatchMetric ERRORS = count("errors", "rows with an error");
  private static final BatchMetric TRUNCATED = count("truncated", "rows truncated");
  private static final BatchMetric TOKENS = count("tokens", "tokens");
  private static final BatchMetric LAYERS_RUN = count("layersRun", "layers run, over all rows");
  private static final BatchMetric LAYERS_SKIPPED =
      count("layersSkipped", "layers skipped, over all rows");
  private static final BatchMetric TOKENIZER = time("tokenizerTime", "time in tokenizer");
  private static final BatchMetric COMPUTE = time("computeTime", "time in decoder");

  /** All of them. */
  static final List<BatchMetric> ALL =
      List.of(SCORED, ERRORS, TRUNCATED, TOKENS, LAYERS_RUN, LAYERS_SKIPPED, TOKENIZER, COMPUTE);

  private static final Map<BatchMetric, LongAdder> OF_THIS_JVM = new LinkedHashMap<>();

  static {
    ALL.forEach(metric -> OF_THIS_JVM.put(metric, new LongAdder()));
  }

  private ClassifyMetrics() {}

  private static BatchMetric count(String name, String description) {
    return new BatchMetric(name, description, BatchMetric.Kind.COUNT);
  }

  private static BatchMetric time(String name, String description) {
    return new BatchMetric(name, description, BatchMetric.Kind.NANOSECONDS);
  }

  /** What all classifications of this JVM came to so far, whatever became of their tasks. */
  public static Map<BatchMetric, LongAdder> ofThisJvm() {
    return Map.copyOf(OF_THIS_JVM);
  }

  /**
   * Adds the counts of a batch.
   *
   * @param layers layers of the model
   */
  static void add(ScoringTotals counts, int layers, BatchMetrics metrics) {
    long run = 0;
    for (Map.Entry<Integer, Long> exit : counts.rowsPerExitLayer().entrySet()) {
      run += exit.getKey() * exit.getValue();
    }
    add(SCORED, counts.scored(), metrics);
    add(ERRORS, counts.errors(), metrics);
    add(TRUNCATED, counts.truncated(), metrics);
    add(TOKENS, counts.tokens(), metrics);
    add(LAYERS_RUN, run, metrics);
    add(LAYERS_SKIPPED, counts.scored() * layers - run, metrics);
    add(TOKENIZER, counts.time().tokenizer(), metrics);
    add(COMPUTE, counts.time().compute(), metrics);
  }

  private static void add(BatchMetric metric, long value, BatchMetrics metrics) {
    metrics.add(metric.name(), value);
    OF_THIS_JVM.get(metric).add(value);
  }
}
