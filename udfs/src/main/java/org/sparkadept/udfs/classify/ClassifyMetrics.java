package org.sparkadept.udfs.classify;

import java.util.List;
import java.util.Map;
import org.sparkadept.udfs.batch.BatchMetric;
import org.sparkadept.udfs.batch.BatchMetrics;
import org.sparkadept.udfs.metrics.ScoringTotals;

/** The metrics of a classification in Spark's user interface. */
final class ClassifyMetrics {
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

  private ClassifyMetrics() {}

  private static BatchMetric count(String name, String description) {
    return new BatchMetric(name, description, BatchMetric.Kind.COUNT);
  }

  private static BatchMetric time(String name, String description) {
    return new BatchMetric(name, description, BatchMetric.Kind.NANOSECONDS);
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
    metrics.add(SCORED.name(), counts.scored());
    metrics.add(ERRORS.name(), counts.errors());
    metrics.add(TRUNCATED.name(), counts.truncated());
    metrics.add(TOKENS.name(), counts.tokens());
    metrics.add(LAYERS_RUN.name(), run);
    metrics.add(LAYERS_SKIPPED.name(), counts.scored() * layers - run);
    metrics.add(TOKENIZER.name(), counts.time().tokenizer());
    metrics.add(COMPUTE.name(), counts.time().compute());
  }
}
