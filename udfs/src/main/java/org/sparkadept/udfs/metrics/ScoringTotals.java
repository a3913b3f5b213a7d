package org.sparkadept.udfs.metrics;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.TreeMap;

/**
 * What a scoring run has counted so far; immutable, so that a snapshot can be taken at any moment.
 *
 * @param rows rows that went through
 * @param scored rows that the model could score
 * @param abstained how many of them have a score that is too low for a label
 * @param nulls rows whose text is NULL
 * @param errors rows that could not be scored
 * @param truncated rows whose text was cut to the bound on tokens
 * @param chunkedRows rows that were answered in several chunks
 * @param chunks chunks of these rows
 * @param tokens tokens of the scored rows
 * @param flops floating-point operations that the rows took, each as if it were alone
 * @param sharedFlops how many of them did not run, because rows shared what was computed once
 * @param fullDepthFlops the same rows at full depth, that of the reference
 * @param checkpointFlops the same rows through all layers of the checkpoint
 * @param time where the time of the tasks went
 * @param rowsPerExitLayer rows by the layer after which they were answered, from 1
 * @param errorExamples at most {@value #MAX_EXAMPLES} errors, each with its partition and row
 */
public record ScoringTotals(
    long rows,
    long scored,
    long abstained,
    long nulls,
    long errors,
    long truncated,
    long chunkedRows,
    long chunks,
    long tokens,
    long flops,
    long sharedFlops,
    long fullDepthFlops,
    long checkpointFlops,
    ScoringTime time,
    TreeMap<Integer, Long> rowsPerExitLayer,
    ArrayList<String> errorExamples)
    implements Serializable {

  /** How many errors are kept as examples. */
  public static final int MAX_EXAMPLES = 3;

  /** Nothing counted. */
  public static final ScoringTotals ZERO = ofRows(0);

  private static final long serialVersionUID = 3L;

  /** Nothing counted but rows. */
  public static ScoringTotals ofRows(long rows) {
    return new ScoringTotals(
        rows,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        ScoringTime.ZERO,
        new TreeMap<>(),
        new ArrayList<>());
  }

  /** Nothing counted but time. */
  public static ScoringTotals ofTime(ScoringTime time) {
    return new ScoringTotals(
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, time, new TreeMap<>(), new ArrayList<>());
  }

  /**
   * @param other what was counted elsewhere
   * @return both together; neither is changed
   */
  public ScoringTotals plus(ScoringTotals other) {
    TreeMap<Integer, Long> exits = new TreeMap<>(rowsPerExitLayer);
    other.rowsPerExitLayer.forEach((layer, count) -> exits.merge(layer, count, Long::sum));
    ArrayList<String> examples = new ArrayList<>(errorExamples);
    for (String example : other.errorExamples) {
      if (examples.size() < MAX_EXAMPLES) {
        examples.add(example);
      }
    }
    return new ScoringTotals(
        rows + other.rows,
        scored + other.scored,
        abstained + other.abstained,
        nulls + other.nulls,
        errors + other.errors,
        truncated + other.truncated,
        chunkedRows + other.chunkedRows,
        chunks + other.chunks,
        tokens + other.tokens,
        flops + other.flops,
        sharedFlops + other.sharedFlops,
        fullDepthFlops + other.fullDepthFlops,
        checkpointFlops + other.checkpointFlops,
        time.plus(other.time),
        exits,
        examples);
  }

  /** Share of the full-depth compute that early exits saved, in [0, 1]; 0 where nothing ran. */
  public double computeSaved() {
    return fullDepthFlops == 0 ? 0 : 1 - (double) flops / fullDepthFlops;
  }
}
