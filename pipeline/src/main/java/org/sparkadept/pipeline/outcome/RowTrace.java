package org.sparkadept.pipeline.outcome;

import java.util.function.ToIntFunction;
import org.sparkadept.decoder.prompt.ChunkMerge;
import org.sparkadept.decoder.prompt.LongRows;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.ExitTrace;

/**
 * What every exit says of a row, of each of its chunks.
 *
 * @param chunks one where the row is whole or cut; the traces of several have probabilities
 * @param merge how the answers of several become one
 */
public record RowTrace(ExitTrace[] chunks, LongRows.Merge merge) {

  /**
   * The row's answer, where each chunk leaves after an exit.
   *
   * @param label its index
   * @param probability of the label
   * @param flops of all chunks up to their exits
   * @param layer the deepest exit layer, from 1
   */
  record Answer(int label, float probability, long flops, int layer) {}

  /** The answer, as a run gives it. */
  Answer answer(ToIntFunction<ExitTrace> exits) {
    if (chunks.length == 1) {
      int exit = exits.applyAsInt(chunks[0]);
      ExitReadout readout = chunks[0].readouts()[exit];
      return new Answer(
          readout.label(), readout.probability(), chunks[0].flops()[exit], readout.layer());
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
    return new Answer(label, probabilities[label], flops, layer);
  }

  /** The answer where all chunks leave after one exit. */
  Answer at(int exit) {
    return answer(chunk -> exit);
  }

  /** Whether the probabilities of all labels are known. */
  boolean hasProbabilities() {
    return chunks[0].probabilities() != null;
  }

  /** The probability of a label where all chunks leave after one exit. */
  double probability(int exit, int label) {
    if (chunks.length == 1) {
      return chunks[0].probabilities()[exit][label];
    }
    ChunkMerge merged = new ChunkMerge(merge);
    for (ExitTrace chunk : chunks) {
      merged.add(chunk.probabilities()[exit]);
    }
    return merged.probabilities()[label];
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
