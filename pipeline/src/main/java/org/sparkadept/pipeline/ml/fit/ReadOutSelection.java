package org.sparkadept.pipeline.ml.fit;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
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
   * @param accuracy share of the rows that it answers rightly, none of which it was fitted on
   */
  record ReadOut(int layer, ExitHead.Input input, double accuracy) {}

  /**
   * Selects.
   *
   * @param heads the exits' heads, by layer
   * @param figures of each
   * @param auto whether the reference is chosen; else it is the last
   */
  static ReadOutSelection of(
      SortedMap<Integer, FoldedHead> heads,
      SortedMap<Integer, HeadJudge.Figures> figures,
      boolean auto) {
    List<ReadOut> readOuts = new ArrayList<>();
    heads.forEach(
        (layer, head) ->
            readOuts.add(new ReadOut(layer, head.input(), figures.get(layer).accuracy())));
    long rows = figures.values().iterator().next().rows();
    return new ReadOutSelection(
        readOuts, auto ? shallowestOfTheBest(readOuts, rows) : heads.lastKey());
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
