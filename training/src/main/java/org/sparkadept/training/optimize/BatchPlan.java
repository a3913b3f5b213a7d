package org.sparkadept.training.optimize;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.sparkadept.training.model.Batch;
import org.sparkadept.training.model.TrainingRow;

/**
 * Which rows a step sees; depends on the seed and the step alone. Rows of similar length share a
 * batch, so that little is padding.
 */
public final class BatchPlan {
  private static final int BATCHES_SORTED_TOGETHER = 32;
  private static final int FEWEST_TOKENS = 4;

  private final List<TrainingRow> rows;
  private final Optimization settings;
  private final long[] firstSteps;
  private List<List<TrainingRow>> batches = List.of();
  private int plannedEpoch = -1;

  /**
   * @param rows one row or more
   */
  public BatchPlan(List<TrainingRow> rows, Optimization settings) {
    this.rows = rows;
    this.settings = settings;
    this.firstSteps = new long[settings.epochs() + 1];
    for (int epoch = 0; epoch < settings.epochs(); epoch++) {
      firstSteps[epoch + 1] = firstSteps[epoch] + plan(epoch).size();
    }
  }

  /** Steps of all epochs. */
  public long steps() {
    return firstSteps[settings.epochs()];
  }

  /** The epoch of a step, both from 0. */
  public int epoch(long step) {
    int epoch = 0;
    while (step >= firstSteps[epoch + 1]) {
      epoch++;
    }
    return epoch;
  }

  /** Passes over the rows that so many steps make, a begun one as a fraction. */
  public double epochsAt(long taken) {
    int epoch = epoch(Math.max(0, taken - 1));
    long first = firstSteps[epoch];
    return epoch + (double) (taken - first) / (firstSteps[epoch + 1] - first);
  }

  /** Whether so many steps end an epoch. */
  public boolean endsEpoch(long taken) {
    return taken > 0 && Arrays.binarySearch(firstSteps, taken) > 0;
  }

  /** The batch of a step, from 0. */
  public Batch batch(long step) {
    int epoch = epoch(step);
    if (epoch != plannedEpoch) {
      batches = plan(epoch);
      plannedEpoch = epoch;
    }
    Random random = new Random(settings.seed() * 1_000_003 + step);
    List<TrainingRow> shortened = new ArrayList<>();
    for (TrainingRow row : batches.get((int) (step - firstSteps[epoch]))) {
      shortened.add(dropTokens(row, random));
    }
    return Batch.of(shortened);
  }

  private List<List<TrainingRow>> plan(int epoch) {
    Random random = new Random(settings.seed() * 31 + epoch);
    List<TrainingRow> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, random);
    List<List<TrainingRow>> planned = new ArrayList<>();
    int chunk = settings.batchRows() * BATCHES_SORTED_TOGETHER;
    for (int from = 0; from < shuffled.size(); from += chunk) {
      List<TrainingRow> part = shuffled.subList(from, Math.min(shuffled.size(), from + chunk));
      part.sort(Comparator.comparingInt(row -> row.tokens().length));
      cut(part, settings.batchRows(), settings.batchTokens(), planned);
    }
    Collections.shuffle(planned, random);
    return planned;
  }

  /** Cuts rows, the shortest first, into batches of a bounded size. */
  public static void cut(
      List<TrainingRow> sorted, int mostRows, int mostTokens, List<List<TrainingRow>> batches) {
    int from = 0;
    for (int to = 1; to <= sorted.size(); to++) {
      boolean full =
          to == sorted.size()
              || to - from == mostRows
              || (to - from + 1L) * sorted.get(to).tokens().length > mostTokens;
      if (full) {
        batches.add(sorted.subList(from, to));
        from = to;
      }
    }
  }

  /** Leaves random tokens out, never the class token at the end. */
  private TrainingRow dropTokens(TrainingRow row, Random random) {
    int[] tokens = row.tokens();
    if (settings.tokenDrop() == 0 || tokens.length <= FEWEST_TOKENS) {
      return row;
    }
    int[] kept = new int[tokens.length];
    int length = 0;
    for (int i = 0; i < tokens.length; i++) {
      boolean last = i == tokens.length - 1;
      if (last || random.nextDouble() >= settings.tokenDrop()) {
        kept[length++] = tokens[i];
      }
    }
    return new TrainingRow(Arrays.copyOf(kept, length), row.labels(), row.teacher());
  }
}
