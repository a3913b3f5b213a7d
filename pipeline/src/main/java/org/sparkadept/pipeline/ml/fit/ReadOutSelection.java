package org.sparkadept.pipeline.ml.fit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.result.ExitReadout;

/**
 * Which exit is the reference.
 *
 * @param readOuts the heads of all exits that came into question, by layer, ascending
 * @param reference layer of the reference, from 1
 */
record ReadOutSelection(List<ReadOut> readOuts, int reference) {
  /**
   * The head of an exit.
   *
   * @param layer from 1
   * @param input what it reads
   * @param accuracy share of the rows that are answered rightly after it, none of which a head was
   *     fitted on
   */
  record ReadOut(int layer, ExitHead.Input input, double accuracy) {}

  /**
   * Selects.
   *
   * @param states of {@link StatePass}
   * @param heads of all exits that come into question
   * @param auto whether the reference is chosen; else it is the last
   */
  static ReadOutSelection of(Dataset<Row> states, CrossFittedHeads heads, boolean auto) {
    int exits = heads.exits();
    long[] counts = new long[exits + 1];
    Broadcast<CrossFittedHeads> sent = heads.broadcast(states.sparkSession());
    try {
      counts =
          states
              .select(heads.columns())
              .toJavaRDD()
              .aggregate(
                  counts,
                  (sums, row) -> add(sums, right(sent.value(), row)),
                  ReadOutSelection::add);
    } finally {
      sent.destroy();
    }
    long rows = counts[exits];
    List<ReadOut> readOuts = new ArrayList<>();
    for (int exit = 0; exit < exits; exit++) {
      double accuracy = (double) counts[exit] / Math.max(1, rows);
      readOuts.add(new ReadOut(heads.layers()[exit], heads.heads().get(exit).input(), accuracy));
    }
    int last = heads.layers()[exits - 1];
    return new ReadOutSelection(readOuts, auto ? shallowestOfTheBest(readOuts, rows) : last);
  }

  /** 1 for each exit that answers the row rightly, else 0; behind them 1 for the row. */
  private static long[] right(CrossFittedHeads heads, Row row) {
    int truth = (int) row.<Double>getAs(SplitRows.LABEL).doubleValue();
    ExitReadout[] readouts = heads.readouts(row);
    long[] right = new long[readouts.length + 1];
    for (int exit = 0; exit < readouts.length; exit++) {
      right[exit] = readouts[exit].label() == truth ? 1 : 0;
    }
    right[readouts.length] = 1;
    return right;
  }

  private static long[] add(long[] sums, long[] more) {
    Arrays.setAll(sums, i -> sums[i] + more[i]);
    return sums;
  }

  /**
   * The shallowest exit whose accuracy is within one standard error of the best one's (Breiman et
   * al., Classification and Regression Trees, 1984, section 3.4.3). The error is that of a share
   * with two more right and two more wrong answers (Agresti and Coull, 1998), so that it is not 0
   * where all are right.
   *
   * @param readOuts by layer, ascending
   * @param rows that they were judged by
   */
  static int shallowestOfTheBest(List<ReadOut> readOuts, long rows) {
    double best = readOuts.stream().mapToDouble(ReadOut::accuracy).max().orElseThrow();
    double share = (best * rows + 2) / (rows + 4);
    double error = Math.sqrt(share * (1 - share) / rows);
    return readOuts.stream()
        .filter(readOut -> readOut.accuracy() >= best - error)
        .mapToInt(ReadOut::layer)
        .findFirst()
        .orElseThrow();
  }
}
