package org.sparkadept.pipeline.ml.fit;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.fit.FitModel;
import org.sparkadept.pipeline.table.LabelIndex;

/**
 * Pass over texts at full depth: {@code norm(h_e)} of the class token at each exit layer, as the
 * exit heads read it, in a column {@code state_e} of floats as bytes. Rows that cannot be scored
 * are left out.
 */
final class StatePass {
  static final String TOKENS = "tokens";

  private StatePass() {}

  static String state(int exitLayer) {
    return "state_" + exitLayer;
  }

  /**
   * @param rows with {@code text}, {@code label} and {@code split}
   * @param model runs at full depth
   * @param labels label names; a label becomes its index
   * @param exitLayers from 1
   * @return {@code text, label, split, tokens, state_e…}; lazy
   */
  static Dataset<Row> over(
      Dataset<Row> rows, TaskModel model, List<String> labels, int[] exitLayers) {
    StructType schema =
        new StructType()
            .add(SplitRows.TEXT, DataTypes.StringType)
            .add(SplitRows.LABEL, DataTypes.DoubleType)
            .add(SplitRows.SPLIT, DataTypes.StringType)
            .add(TOKENS, DataTypes.IntegerType);
    for (int layer : exitLayers) {
      schema = schema.add(state(layer), DataTypes.BinaryType);
    }
    LabelIndex index = new LabelIndex(labels);
    MapPartitionsFunction<Row, Row> observing =
        source -> {
          Classifier classifier = model.classifier();
          FitModel weights = model.weights();
          return model.map(source, batch -> states(batch, classifier, weights, index, exitLayers));
        };
    return rows.mapPartitions(observing, Encoders.row(schema));
  }

  private static List<Row> states(
      List<Row> batch,
      Classifier classifier,
      FitModel weights,
      LabelIndex labels,
      int[] exitLayers) {
    List<Row> rows = new ArrayList<>();
    classifier.observe(
        TaskModel.texts(batch),
        (i, states) -> {
          Row row = batch.get(i);
          Object[] values = new Object[4 + exitLayers.length];
          values[0] = row.getAs(SplitRows.TEXT);
          values[1] = (double) labels.of(row.<String>getAs(SplitRows.LABEL));
          values[2] = row.getAs(SplitRows.SPLIT);
          values[3] = states.tokens();
          for (int e = 0; e < exitLayers.length; e++) {
            values[4 + e] = Floats.bytes(weights.classState(states, exitLayers[e]));
          }
          rows.add(RowFactory.create(values));
        });
    return rows;
  }
}
