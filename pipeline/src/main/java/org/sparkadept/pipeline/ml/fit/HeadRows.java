package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.result.LabelSet;

/**
 * What heads read of the rows of a fit at one exit layer, on the driver: the rows of a fold one
 * behind the other, the mean of all rows taken off. Of more than {@link #most} rows a sample is
 * taken, the same in every run.
 */
final class HeadRows {
  private static final long FEW_BYTES = 128L << 20;
  private static final int ROWS_PER_LABEL = 20;
  private static final int ROWS_PER_INPUT = 2;

  private static final Logger LOG = LoggerFactory.getLogger(AdeptFit.class);

  private final int size;
  private final int[] starts = new int[HeadFit.FOLDS + 1];
  private final LabelSet[] truths;
  private final float[] states;
  private final float[] mean;

  /**
   * @param rows {@code fold, label, state}: the label as an index or an array of them, the state as
   *     floats in bytes
   * @param size length of a state
   */
  HeadRows(List<Row> rows, int size) {
    this.size = size;
    truths = new LabelSet[rows.size()];
    states = new float[Math.multiplyExact(rows.size(), size)];
    mean = new float[size];
    for (Row row : rows) {
      starts[row.getInt(0) + 1]++;
    }
    for (int fold = 0; fold < HeadFit.FOLDS; fold++) {
      starts[fold + 1] += starts[fold];
    }
    int[] next = starts.clone();
    for (Row row : rows) {
      int at = next[row.getInt(0)]++;
      truths[at] = StatePass.labels(row, 1);
      System.arraycopy(Floats.floats((byte[]) row.get(2)), 0, states, at * size, size);
    }
    centre();
  }

  /**
   * Leaves rows out where there are more than heads are fitted on.
   *
   * @param states of {@link StatePass}
   * @param most rows that are left
   */
  static Dataset<Row> sample(Dataset<Row> states, int most) {
    long count = states.count();
    if (count <= most) {
      return states;
    }
    LOG.info("Exit heads are fitted on at most {} of {} rows", most, count);
    return states.filter(SplitRows.sampled((double) most / count)).limit(most);
  }

  /**
   * Collects the rows.
   *
   * @param sample of {@link #sample}
   * @param layer exit layer, from 1
   * @param size length of what is read
   */
  static HeadRows of(Dataset<Row> sample, int layer, int size) {
    return new HeadRows(
        sample
            .select(col(StatePass.FOLD), col(SplitRows.LABEL), col(StatePass.state(layer)))
            .collectAsList(),
        size);
  }

  /**
   * How many rows a head is fitted on, at most: as many as 128 MiB hold, more where the inputs or
   * the labels are many.
   *
   * @param size length of what is read
   * @param labels number of labels
   */
  static int most(int size, int labels) {
    long rows = FEW_BYTES / Float.BYTES / size;
    rows = Math.max(rows, (long) ROWS_PER_INPUT * size);
    rows = Math.max(rows, (long) ROWS_PER_LABEL * labels);
    return (int) Math.min(rows, Integer.MAX_VALUE / size);
  }

  private void centre() {
    IntStream.range(0, size)
        .parallel()
        .forEach(
            d -> {
              double sum = 0;
              for (int at = d; at < states.length; at += size) {
                sum += states[at];
              }
              mean[d] = (float) (sum / Math.max(1, truths.length));
              for (int at = d; at < states.length; at += size) {
                states[at] -= mean[d];
              }
            });
  }

  /** Length of what is read. */
  int size() {
    return size;
  }

  /** The first row of a fold; that of the fold behind the last is the number of rows. */
  int start(int fold) {
    return starts[fold];
  }

  /** Labels of a row. */
  LabelSet truth(int row) {
    return truths[row];
  }

  /** {@code [rows, size]}, the mean taken off. */
  float[] states() {
    return states;
  }

  /** Makes a head of states out of one of states without their mean. */
  Linear uncentred(Linear centred) {
    float[] bias = centred.bias().clone();
    int inputs = centred.inputs();
    for (int label = 0; label < bias.length; label++) {
      double shift = 0;
      for (int d = 0; d < inputs; d++) {
        shift += (double) centred.weight()[label * inputs + d] * mean[d];
      }
      bias[label] -= (float) shift;
    }
    return new Linear(centred.weight(), bias);
  }
}
