package org.sparkadept.pipeline.ml.fit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.result.HeadInputs;
import org.sparkadept.decoder.result.LabelSet;
import org.sparkadept.pipeline.table.LabelIndex;

/**
 * Pass over texts to the last exit layer, from which nothing exits: what the heads read at each
 * exit layer, in a column {@code state_e} of floats as bytes. Rows that cannot be scored are left
 * out.
 */
final class StatePass {
  static final String TOKENS = "tokens";

  /** Fold of a row, from 0; equal texts are in the same one. */
  static final String FOLD = "fold";

  private StatePass() {}

  static String state(int exitLayer) {
    return "state_" + exitLayer;
  }

  /**
   * @param rows with {@code text}, {@code label} and {@code split}
   * @param model of any heads at these layers
   * @param labels label names; a label becomes its index, an array of them that of indices
   * @param exitLayers from 1
   * @param input what is read
   * @return {@code text, label, split, fold, tokens, state_e…}; lazy
   */
  static Dataset<Row> over(
      Dataset<Row> rows,
      TaskModel model,
      List<String> labels,
      int[] exitLayers,
      ExitHead.Input input) {
    StructType schema =
        new StructType()
            .add(SplitRows.TEXT, DataTypes.StringType)
            .add(SplitRows.LABEL, labelType(SplitRows.isMultiLabel(rows)))
            .add(SplitRows.SPLIT, DataTypes.StringType)
            .add(FOLD, DataTypes.IntegerType)
            .add(TOKENS, DataTypes.IntegerType);
    for (int layer : exitLayers) {
      schema = schema.add(state(layer), DataTypes.BinaryType);
    }
    LabelIndex index = new LabelIndex(labels);
    MapPartitionsFunction<Row, Row> observing =
        source -> {
          Classifier classifier = model.classifier();
          return model.map(
              source,
              batch -> {
                HeadInputs[] inputs =
                    classifier.headInputs(TaskModel.texts(batch), exitLayers, input);
                return states(batch, inputs, index);
              });
        };
    return rows.withColumn(FOLD, SplitRows.fold(HeadFit.FOLDS))
        .mapPartitions(observing, Encoders.row(schema));
  }

  private static List<Row> states(List<Row> batch, HeadInputs[] inputs, LabelIndex labels) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < inputs.length; i++) {
      if (inputs[i] != null && finite(inputs[i])) {
        Row row = batch.get(i);
        float[][] states = inputs[i].inputs();
        Object[] values = new Object[5 + states.length];
        values[0] = row.getAs(SplitRows.TEXT);
        values[1] = label(labels.of(row, row.fieldIndex(SplitRows.LABEL)), row);
        values[2] = row.getAs(SplitRows.SPLIT);
        values[3] = row.getAs(FOLD);
        values[4] = inputs[i].tokens();
        for (int exit = 0; exit < states.length; exit++) {
          values[5 + exit] = Floats.bytes(states[exit]);
        }
        rows.add(RowFactory.create(values));
      }
    }
    return rows;
  }

  /** What the column of labels holds: an index, or an array of them. */
  static DataType labelType(boolean multiLabel) {
    return multiLabel ? DataTypes.createArrayType(DataTypes.IntegerType) : DataTypes.DoubleType;
  }

  private static Object label(LabelSet labels, Row row) {
    return row.<Object>getAs(SplitRows.LABEL) instanceof String
        ? (Object) (double) labels.get(0)
        : Arrays.stream(labels.indices()).boxed().toArray(Integer[]::new);
  }

  /**
   * The labels of a row.
   *
   * @param at the column of labels
   */
  static LabelSet labels(Row row, int at) {
    return row.get(at) instanceof Double index
        ? LabelSet.of(index.intValue())
        : LabelSet.of(row.<Integer>getList(at).stream().mapToInt(i -> i).toArray());
  }

  /** The labels of a row, from the column {@link SplitRows#LABEL}. */
  static LabelSet labels(Row row) {
    return labels(row, row.fieldIndex(SplitRows.LABEL));
  }

  private static boolean finite(HeadInputs inputs) {
    for (float[] state : inputs.inputs()) {
      for (float value : state) {
        if (!Float.isFinite(value)) {
          return false;
        }
      }
    }
    return true;
  }
}
