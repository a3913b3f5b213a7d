package org.sparkadept.pipeline.ml.fit;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkadept.decoder.exit.ExitHead;

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
   * @param loss mean cross-entropy of these rows, in nats; NaN where each has one label
   */
  record ReadOut(int layer, ExitHead.Input input, double accuracy, double loss) {}

  /**
   * Selects.
   *
   * @param states of {@link StatePass}
   * @param heads of all exits that come into question
   * @param auto whether the reference is chosen; else it is the last
   */
  static ReadOutSelection of(Dataset<Row> states, CrossFittedHeads heads, boolean auto) {
    Broadcast<CrossFittedHeads> sent = heads.broadcast(states.sparkSession());
    ReadOutSums sums;
    try {
      sums =
          states
              .select(heads.columns())
              .toJavaRDD()
              .aggregate(
                  new ReadOutSums(heads.exits(), heads.rule().isMultiLabel()),
                  (partial, row) -> partial.add(sent.value(), row),
                  ReadOutSums::add);
    } finally {
      sent.destroy();
    }
    List<ReadOut> readOuts = new ArrayList<>();
    for (int exit = 0; exit < heads.exits(); exit++) {
      ExitHead.Input input = heads.heads().get(exit).input();
      readOuts.add(new ReadOut(heads.layers()[exit], input, sums.accuracy(exit), sums.loss(exit)));
    }
    int reference = auto ? sums.shallowestOfTheBest() : heads.exits() - 1;
    return new ReadOutSelection(readOuts, heads.layers()[reference]);
  }
}
