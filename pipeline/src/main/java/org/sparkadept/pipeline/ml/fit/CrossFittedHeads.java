package org.sparkadept.pipeline.ml.fit;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.HeadScores;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.LogitMean;
import org.sparkadept.decoder.result.ExitReadout;

/**
 * The heads of all exits, as they answer rows of {@link StatePass}: each row by the heads of its
 * fold. Records are what Kryo cannot make, where it is {@code spark.serializer}.
 *
 * @param layers of the exits, from 1, ascending
 * @param heads in the same order
 * @param ensemble whether the logits of an exit are the mean of those of all heads up to there
 * @param rule how logits become an answer
 */
@DefaultSerializer(JavaSerializer.class)
record CrossFittedHeads(
    int[] layers, ArrayList<CrossFittedHead> heads, boolean ensemble, LabelRule rule)
    implements Serializable {
  private static final long serialVersionUID = 2L;

  static CrossFittedHeads of(
      SortedMap<Integer, CrossFittedHead> heads, boolean ensemble, LabelRule rule) {
    return new CrossFittedHeads(
        heads.keySet().stream().mapToInt(layer -> layer).toArray(),
        new ArrayList<>(heads.values()),
        ensemble,
        rule);
  }

  CrossFittedHeads withRule(LabelRule value) {
    return new CrossFittedHeads(layers, heads, ensemble, value);
  }

  /** Sends them to the executors; whoever calls this destroys what was sent. */
  Broadcast<CrossFittedHeads> broadcast(SparkSession spark) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(this);
  }

  /** What is read of {@link StatePass}, and the label. */
  Column[] columns() {
    return Stream.concat(
            Stream.of(StatePass.FOLD, SplitRows.LABEL),
            Arrays.stream(layers).mapToObj(StatePass::state))
        .map(functions::col)
        .toArray(Column[]::new);
  }

  /** Number of exits. */
  int exits() {
    return layers.length;
  }

  /** Number of labels. */
  int labels() {
    return heads.get(0).byFold()[0].bias().length;
  }

  /** What each head reads. */
  ExitHead.Input[] inputs() {
    return heads.stream().map(CrossFittedHead::input).toArray(ExitHead.Input[]::new);
  }

  /** What the heads score of a row, by exit. */
  HeadScores[] scores(Row row) {
    int fold = row.getAs(StatePass.FOLD);
    HeadScores[] scores = new HeadScores[layers.length];
    LogitMean mean = new LogitMean();
    for (int exit = 0; exit < scores.length; exit++) {
      float[] state = Floats.floats((byte[]) row.getAs(StatePass.state(layers[exit])));
      float[] logits = heads.get(exit).byFold()[fold].scores(state);
      if (ensemble) {
        mean.next(logits, 0, logits.length);
      }
      scores[exit] = new HeadScores(logits, 0, logits.length, logits.length, rule);
    }
    return scores;
  }

  /** What each exit says of a row. */
  ExitReadout[] readouts(Row row) {
    return readouts(scores(row));
  }

  /** What exits say that score so. */
  ExitReadout[] readouts(HeadScores[] scores) {
    ExitReadout[] readouts = new ExitReadout[layers.length];
    for (int exit = 0; exit < readouts.length; exit++) {
      readouts[exit] = scores[exit].readout(layers[exit], exit == 0 ? null : readouts[exit - 1]);
    }
    return readouts;
  }
}
