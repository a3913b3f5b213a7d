package org.sparkadept.training.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.sparkadept.training.data.EncodedRow;
import org.sparkadept.training.model.Batch;

/** Which rows a step sees. Rows of similar length share a batch, so that little is padding. */
final class BatchPlan {
  private static final int BATCHES_SORTED_TOGETHER = 32;
  private static final int FEWEST_TOKENS = 4;

  private final List<EncodedRow> rows;
  private final Hyperparameters parameters;
  private List<List<EncodedRow>> epochBatches = List.of();
  private long plannedEpoch = -1;

  BatchPlan(List<EncodedRow> rows, Hyperparameters parameters) {
    this.rows = rows;
    this.parameters = parameters;
  }

  int stepsPerEpoch() {
    return (rows.size() + parameters.batchRows() - 1) / parameters.batchRows();
  }

  /** The batch of a step, counted from 0; depends on the seed and the step alone. */
  Batch batch(long step) {
    long epoch = step / stepsPerEpoch();
    if (epoch != plannedEpoch) {
      epochBatches = plan(new Random(parameters.seed() * 31 + epoch));
      plannedEpoch = epoch;
    }
    Random random = new Random(parameters.seed() * 1_000_003 + step);
    List<EncodedRow> shortened = new ArrayList<>();
    for (EncodedRow row : epochBatches.get((int) (step % stepsPerEpoch()))) {
      shortened.add(dropTokens(row, random));
    }
    return Batch.of(shortened);
  }

  private List<List<EncodedRow>> plan(Random random) {
    List<EncodedRow> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, random);
    List<List<EncodedRow>> batches = new ArrayList<>();
    int chunk = parameters.batchRows() * BATCHES_SORTED_TOGETHER;
    for (int from = 0; from < shuffled.size(); from += chunk) {
      List<EncodedRow> part = shuffled.subList(from, Math.min(shuffled.size(), from + chunk));
      part.sort(Comparator.comparingInt(row -> row.tokens().length));
      for (int i = 0; i < part.size(); i += parameters.batchRows()) {
        batches.add(part.subList(i, Math.min(part.size(), i + parameters.batchRows())));
      }
    }
    Collections.shuffle(batches, random);
    return batches;
  }

  /** Leaves random tokens out, never the class token at the end. */
  private EncodedRow dropTokens(EncodedRow row, Random random) {
    int[] tokens = row.tokens();
    if (parameters.tokenDrop() == 0 || tokens.length <= FEWEST_TOKENS) {
      return row;
    }
    int[] kept = new int[tokens.length];
    int length = 0;
    for (int i = 0; i < tokens.length; i++) {
      boolean last = i == tokens.length - 1;
      if (last || random.nextDouble() >= parameters.tokenDrop()) {
        kept[length++] = tokens[i];
      }
    }
    return new EncodedRow(Arrays.copyOf(kept, length), row.label());
  }
}
