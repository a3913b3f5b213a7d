package org.sparkadept.udfs.classify;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.udfs.batch.BatchMetric;
import org.sparkadept.udfs.batch.BatchMetrics;
import org.sparkadept.udfs.metrics.ScoringTotals;
import org.sparkadept.udfs.sharing.JvmRegistry;

/** The metrics of classifications: at their operator in Spark's user interface, and of this JVM. */
public final class ClassifyMetrics {
  private static final BatchMetric SCORED = count("scored", "rows classified");
  private static final BatchMetric REPEATED =
      count("repeated", "rows with the text of another row of their batch");
  private static final BatchMetric ABSTAINED =
      count("abstained", "rows with a score that is too low for a label");
  private static final BatchMetric ERRORS = count("errors", "rows with an error");
  private static final BatchMetric TRUNCATED = count("truncated", "rows truncated");
  private static final BatchMetric CHUNKED = count("chunkedRows", "rows answered in chunks");
  private static final BatchMetric CHUNKS = count("chunks", "chunks of such rows");
  private static final BatchMetric TOKENS = count("tokens", "tokens");
  private static final BatchMetric LAYERS_RUN = count("layersRun", "layers run, over all rows");
  private static final BatchMetric LAYERS_SKIPPED =
      count("layersSkipped", "layers skipped, over all rows");
  private static final BatchMetric TOKENIZER = time("tokenizerTime", "time in tokenizer");
  private static final BatchMetric COMPUTE = time("computeTime", "time in decoder");

  private static final BatchMetric ARROW =
      time("arrowTime", "time reading and writing Arrow vectors");

  /** Those that are summed, whatever the model. */
  private static final List<BatchMetric> SUMS =
      List.of(
          SCORED,
          ABSTAINED,
          REPEATED,
          ERRORS,
          TRUNCATED,
          CHUNKED,
          CHUNKS,
          TOKENS,
          LAYERS_RUN,
          LAYERS_SKIPPED,
          TOKENIZER,
          COMPUTE,
          ARROW);

  private static final BatchMetric SKIPPED_PERCENT =
      new BatchMetric(
          "layersSkippedPercent",
          "layers skipped in percent, mean of batches",
          BatchMetric.Kind.MEAN);
  private final BatchMetrics metrics;
  private final List<Integer> exitLayers;
  private final int layers;

  /**
   * @param metrics where {@link #of} the same exit layers is counted
   * @param layers layers of the model
   */
  ClassifyMetrics(BatchMetrics metrics, List<Integer> exitLayers, int layers) {
    this.metrics = metrics;
    this.exitLayers = exitLayers;
    this.layers = layers;
  }

  private static BatchMetric count(String name, String description) {
    return new BatchMetric(name, description, BatchMetric.Kind.COUNT);
  }

  private static BatchMetric time(String name, String description) {
    return new BatchMetric(name, description, BatchMetric.Kind.NANOSECONDS);
  }

  private static BatchMetric exit(int layer) {
    return count("exitLayer" + layer, "rows exited after layer " + layer);
  }

  /** The metrics of a model with these exits. */
  static List<BatchMetric> of(List<Integer> exitLayers) {
    List<BatchMetric> all = new ArrayList<>(SUMS);
    all.add(SKIPPED_PERCENT);
    exitLayers.forEach(layer -> all.add(exit(layer)));
    return all;
  }

  /** The layers after which rows of a model may be answered, the last one included. */
  static List<Integer> exitLayers(ModelDirectory directory) {
    SortedSet<Integer> exits = new TreeSet<>();
    directory
        .adept()
        .ifPresentOrElse(
            parts -> {
              for (int layer : parts.exitLayers()) {
                exits.add(layer);
              }
            },
            () -> exits.add(directory.config().layers()));
    return List.copyOf(exits);
  }

  /** Totals of this JVM so far, over all its class loaders and tasks, failed ones included. */
  public static Map<BatchMetric, LongAdder> ofThisJvm() {
    Map<BatchMetric, LongAdder> totals = new LinkedHashMap<>();
    SUMS.forEach(metric -> totals.put(metric, JvmRegistry.counter(metric.name())));
    return totals;
  }

  /**
   * Adds the counts of a batch.
   *
   * @param texts different texts of the batch
   * @param arrowNanos time spent reading the batch's texts and writing their answers
   */
  void add(ScoringTotals counts, long texts, long arrowNanos) {
    long run = 0;
    for (Map.Entry<Integer, Long> exit : counts.rowsPerExitLayer().entrySet()) {
      int layer = exit.getKey();
      run += layer * exit.getValue();
      if (exitLayers.contains(layer)) {
        metrics.add(exit(layer).name(), exit.getValue());
      }
    }
    add(SCORED, counts.scored());
    add(ABSTAINED, counts.abstained());
    add(REPEATED, counts.rows() - counts.nulls() - texts);
    add(ERRORS, counts.errors());
    add(TRUNCATED, counts.truncated());
    add(CHUNKED, counts.chunkedRows());
    add(CHUNKS, counts.chunks());
    add(TOKENS, counts.tokens());
    add(LAYERS_RUN, run);
    add(LAYERS_SKIPPED, counts.scored() * layers - run);
    add(TOKENIZER, counts.time().tokenizer());
    add(COMPUTE, counts.time().compute());
    add(ARROW, arrowNanos);
    if (counts.scored() > 0) {
      double skipped = 1 - (double) run / (counts.scored() * layers);
      metrics.add(SKIPPED_PERCENT.name(), Math.round(100 * skipped));
    }
  }

  private void add(BatchMetric metric, long value) {
    metrics.add(metric.name(), value);
    JvmRegistry.counter(metric.name()).add(value);
  }
}
