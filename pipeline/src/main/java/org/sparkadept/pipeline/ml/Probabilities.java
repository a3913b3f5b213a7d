package org.sparkadept.pipeline.ml;

import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.sparkadept.pipeline.table.LabelIndex;
import scala.collection.Iterator;
import scala.collection.Seq;

/** Probabilities and log-probabilities of all labels as MLlib's vectors {@code [labels]}. */
final class Probabilities {
  private Probabilities() {}

  /**
   * Probabilities by label index.
   *
   * @param scores {@code ARRAY<STRUCT<label STRING, score FLOAT>>}, in any order
   */
  static Column vector(Column scores, LabelIndex labels) {
    UDF1<Seq<Row>, Vector> ordered = entries -> entries == null ? null : vector(entries, labels);
    return functions.udf(ordered, SQLDataTypes.VectorType()).apply(scores);
  }

  private static Vector vector(Seq<Row> entries, LabelIndex labels) {
    double[] probabilities = new double[labels.size()];
    for (Iterator<Row> all = entries.iterator(); all.hasNext(); ) {
      Row entry = all.next();
      probabilities[labels.of(entry.getString(0))] = entry.getFloat(1);
    }
    return Vectors.dense(probabilities);
  }

  /**
   * @param probabilities by label index
   */
  static Vector vector(float[] probabilities) {
    double[] values = new double[probabilities.length];
    for (int label = 0; label < values.length; label++) {
      values[label] = probabilities[label];
    }
    return Vectors.dense(values);
  }

  /** The {@link #logarithms} of a column of probabilities. */
  static Column logarithms(Column probabilities) {
    UDF1<Vector, Vector> logarithms = p -> p == null ? null : logarithms(p);
    return functions.udf(logarithms, SQLDataTypes.VectorType()).apply(probabilities);
  }

  /**
   * Natural logarithms. That of a probability above 0.5 is computed from the others, since single
   * precision tells 1 − p apart where it is small, but not p; a probability of 0 counts as the
   * smallest positive number of single precision.
   */
  static Vector logarithms(Vector probabilities) {
    double[] logarithms = new double[probabilities.size()];
    for (int label = 0; label < logarithms.length; label++) {
      double p = probabilities.apply(label);
      logarithms[label] =
          p > 0.5
              ? Math.log1p(-others(probabilities, label))
              : Math.log(Math.max(p, Float.MIN_VALUE));
    }
    return Vectors.dense(logarithms);
  }

  /** The {@link #logOdds} of a column of probabilities. */
  static Column logOdds(Column probabilities) {
    UDF1<Vector, Vector> logOdds = p -> p == null ? null : logOdds(p);
    return functions.udf(logOdds, SQLDataTypes.VectorType()).apply(probabilities);
  }

  /**
   * {@code ln p − ln(1 − p)} of each; probabilities of 0 and 1 count as the nearest numbers of
   * single precision.
   */
  static Vector logOdds(Vector probabilities) {
    double[] logOdds = new double[probabilities.size()];
    for (int label = 0; label < logOdds.length; label++) {
      double p = Math.max(Float.MIN_VALUE, Math.min(probabilities.apply(label), Math.nextDown(1f)));
      logOdds[label] = Math.log(p) - Math.log1p(-p);
    }
    return Vectors.dense(logOdds);
  }

  private static double others(Vector probabilities, int label) {
    double sum = 0;
    for (int other = 0; other < probabilities.size(); other++) {
      sum += other == label ? 0 : probabilities.apply(other);
    }
    return sum;
  }

  /** The probabilities that logarithms are of. */
  static Vector exponentials(Vector logarithms) {
    double[] probabilities = new double[logarithms.size()];
    for (int label = 0; label < probabilities.length; label++) {
      probabilities[label] = Math.exp(logarithms.apply(label));
    }
    return Vectors.dense(probabilities);
  }
}
