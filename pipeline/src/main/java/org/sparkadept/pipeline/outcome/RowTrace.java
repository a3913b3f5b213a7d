package org.sparkadept.pipeline.outcome;

import java.util.function.ToIntFunction;
import org.sparkadept.decoder.prompt.ChunkMerge;
import org.sparkadept.decoder.prompt.LongRows;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.decoder.result.LabelSet;

/**
 * What every exit says of a row, of each of its chunks.
 *
 * @param chunks one where the row is whole or cut; the traces of several have probabilities, and
 *     are of a model that gives each row one label
 * @param merge how the answers of several become one
 */
public record RowTrace(ExitTrace[] chunks, LongRows.Merge merge) {

  /**
   * The row's answer, where each chunk leaves after an exit.
   *
   * @param labels its labels
   * @param scores their probabilities
   * @param flops of all chunks up to their exits
   * @param layer the deepest exit layer, from 1
   */
  record Answer(LabelSet labels, float[] scores, long flops, int layer) {}

  /** The answer, as a run gives it. */
  Answer answer(ToIntFunction<ExitTrace> exits) {
    if (chunks.length == 1) {
      int exit = exits.applyAsInt(chunks[0]);
      ExitReadout readout = chunks[0].readouts()[exit];
      return new Answer(
          readout.labels(), readout.scores(), chunks[0].flops()[exit], readout.layer());
    }
    ChunkMerge merged = new ChunkMerge(merge);
    long flops = 0;
    int layer = 0;
    for (ExitTrace chunk : chunks) {
      int exit = exits.applyAsInt(chunk);
      merged.add(chunk.probabilities()[exit]);
      flops += chunk.flops()[exit];
      layer = Math.max(layer, chunk.readouts()[exit].layer());
    }
    float[] probabilities = merged.probabilities();
    int label = ChunkMerge.top(probabilities);
    return new Answer(LabelSet.of(label), new float[] {probabilities[label]}, flops, layer);
  }

  /** The answer where all chunks leave after one exit. */
  Answer at(int exit) {
    return answer(chunk -> exit);
  }

  /** Whether the probabilities of all labels are known. */
  boolean hasProbabilities() {
    return chunks[0].probabilities() != null;
  }

  /** The probabilities of the labels where all chunks leave after one exit. */
  float[] probabilities(int exit) {
    if (chunks.length == 1) {
      return chunks[0].probabilities()[exit];
    }
    ChunkMerge merged = new ChunkMerge(merge);
    for (ExitTrace chunk : chunks) {
      merged.add(chunk.probabilities()[exit]);
    }
    return merged.probabilities();
  }

  /** Number of exits. */
  int exits() {
    return chunks[0].exits();
  }

  /** What all chunks take under the policy {@code none}. */
  long fullDepthFlops() {
    long flops = 0;
    for (ExitTrace chunk : chunks) {
      flops += chunk.fullDepthFlops();
    }
    return flops;
  }

  /** Whether the scores are finite at every exit. */
  boolean finite() {
    for (ExitTrace chunk : chunks) {
      if (!chunk.finite()) {
        return false;
      }
    }
    return true;
  }
}
