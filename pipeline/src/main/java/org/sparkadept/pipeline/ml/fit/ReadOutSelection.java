package org.sparkadept.pipeline.ml.fit;

import java.util.ArrayList;
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
    Broadcast<CrossFittedHeads> sent = heads.broadcast(states.sparkSession());
    RightAnswers right;
    try {
      right =
          states
              .select(heads.columns())
              .toJavaRDD()
              .aggregate(
                  new RightAnswers(heads.exits()),
                  (sums, row) -> sums.add(right(sent.value(), row)),
                  RightAnswers::add);
    } finally {
      sent.destroy();
    }
    List<ReadOut> readOuts = new ArrayList<>();
    for (int exit = 0; exit < heads.exits(); exit++) {
      ExitHead.Input input = heads.heads().get(exit).input();
      readOuts.add(new ReadOut(heads.layers()[exit], input, right.accuracy(exit)));
    }
    int reference = auto ? right.shallowestOfTheBest() : heads.exits() - 1;
    return new ReadOutSelection(readOuts, heads.layers()[reference]);
  }

  /** Which exits answer the row rightly. */
  private static boolean[] right(CrossFittedHeads heads, Row row) {
    int truth = (int) row.<Double>getAs(SplitRows.LABEL).doubleValue();
    ExitReadout[] readouts = heads.readouts(row);
    boolean[] right = new boolean[readouts.length];
    for (int exit = 0; exit < readouts.length; exit++) {
      right[exit] = readouts[exit].label() == truth;
    }
    return right;
  }
}
