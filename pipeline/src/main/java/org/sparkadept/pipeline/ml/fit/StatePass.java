package org.sparkadept.pipeline.ml.fit;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.fit.FitModel;
import org.sparkadept.pipeline.progress.RowCounter;

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
   * @param draft a model directory
   * @param labels label names; a label becomes its index
   * @return {@code text, label, split, tokens, state_e…}; lazy
   */
  static Dataset<Row> over(
      Dataset<Row> rows,
      String draft,
      DecoderOptions options,
      List<String> labels,
      int[] exitLayers,
      RowCounter counter) {
    StructType schema =
        new StructType()
            .add(DividedRows.TEXT, DataTypes.StringType)
            .add(DividedRows.LABEL, DataTypes.DoubleType)
            .add(DividedRows.SPLIT, DataTypes.StringType)
            .add(TOKENS, DataTypes.IntegerType);
    for (int layer : exitLayers) {
      schema = schema.add(state(layer), DataTypes.BinaryType);
    }
    MapPartitionsFunction<Row, Row> observing =
        source -> {
          Decoder decoder = TaskModels.decoder(draft, options);
          FitModel model = TaskModels.fitModel(draft);
          return observed(source, decoder, model, labels, exitLayers, counter);
        };
    return rows.mapPartitions(observing, Encoders.row(schema));
  }

  private static Iterator<Row> observed(
      Iterator<Row> source,
      Decoder decoder,
      FitModel model,
      List<String> labels,
      int[] exitLayers,
      RowCounter counter) {
    return new Batches<>(
        source,
        counter,
        batch -> {
          List<Row> found = new ArrayList<>();
          decoder.observe(
              TaskModels.texts(batch),
              (i, states) -> {
                Row row = batch.get(i);
                Object[] values = new Object[4 + exitLayers.length];
                values[0] = row.getAs(DividedRows.TEXT);
                values[1] = (double) labels.indexOf(row.<String>getAs(DividedRows.LABEL));
                values[2] = row.getAs(DividedRows.SPLIT);
                values[3] = states.tokens();
                for (int e = 0; e < exitLayers.length; e++) {
                  values[4 + e] = Floats.bytes(model.classState(states, exitLayers[e]));
                }
                found.add(RowFactory.create(values));
              });
          return found;
        });
  }
}
