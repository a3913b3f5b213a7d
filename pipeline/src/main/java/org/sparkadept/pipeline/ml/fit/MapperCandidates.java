package org.sparkadept.pipeline.ml.fit;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.adept.MapperCorrection;

/**
 * The hidden state mapper of a pair of layers, from the copied state to the rank that was chosen.
 *
 * @param exitLayer from 1
 * @param layer above it, from 1
 * @param ranks that may be used, ascending from 0, the chosen one last
 * @param errors {@code sqrt(Σ‖ŷ − y‖² / Σ‖y‖²)} of each on tokens that were not fitted on
 * @param up {@code [outputs, k]}, of the largest rank k that has factors
 * @param down {@code [k, width]}
 * @param whole the correction of full rank {@code [outputs, width]}; null unless that was chosen
 * @param biases {@code [ranks][outputs]}; that of rank 0 is not used
 */
record MapperCandidates(
    int exitLayer,
    int layer,
    int[] ranks,
    double[] errors,
    float[] up,
    float[] down,
    float[] whole,
    float[][] biases) {
  /** Columns of {@link #row}. */
  static StructType schema() {
    return new StructType()
        .add("exit_layer", DataTypes.IntegerType, false)
        .add("layer", DataTypes.IntegerType, false)
        .add("ranks", DataTypes.createArrayType(DataTypes.IntegerType, false), false)
        .add("errors", DataTypes.createArrayType(DataTypes.DoubleType, false), false)
        .add("up", DataTypes.BinaryType)
        .add("down", DataTypes.BinaryType)
        .add("whole", DataTypes.BinaryType)
        .add("biases", DataTypes.createArrayType(DataTypes.BinaryType, false), false);
  }

  /** The same as a row, to be stored. */
  Row row() {
    byte[][] stored = Arrays.stream(biases).map(Floats::bytes).toArray(byte[][]::new);
    return RowFactory.create(
        exitLayer, layer, ranks, errors, bytes(up), bytes(down), bytes(whole), stored);
  }

  /** The candidates of a stored row. */
  static MapperCandidates of(Row row) {
    List<byte[]> stored = row.getList(7);
    return new MapperCandidates(
        row.getInt(0),
        row.getInt(1),
        row.<Integer>getList(2).stream().mapToInt(Integer::intValue).toArray(),
        row.<Double>getList(3).stream().mapToDouble(Double::doubleValue).toArray(),
        floats(row.getAs(4)),
        floats(row.getAs(5)),
        floats(row.getAs(6)),
        stored.stream().map(Floats::floats).toArray(float[][]::new));
  }

  private static byte[] bytes(float[] values) {
    return values == null ? null : Floats.bytes(values);
  }

  private static float[] floats(byte[] stored) {
    return stored == null ? null : Floats.floats(stored);
  }

  /** The correction of the {@code i}-th rank; null for the copied state. */
  MapperCorrection correction(int i) {
    int outputs = biases[i].length;
    if (ranks[i] == 0) {
      return null;
    }
    if (whole != null && i == ranks.length - 1) {
      return new MapperCorrection(null, whole, biases[i]);
    }
    int most = up.length / outputs;
    int width = down.length / most;
    float[] left = new float[outputs * ranks[i]];
    for (int o = 0; o < outputs; o++) {
      System.arraycopy(up, o * most, left, o * ranks[i], ranks[i]);
    }
    return new MapperCorrection(left, Arrays.copyOf(down, ranks[i] * width), biases[i]);
  }

  /** Bytes of the {@code i}-th rank's correction in the file. */
  long bytes(int i) {
    int outputs = biases[i].length;
    if (ranks[i] == 0) {
      return 0;
    }
    if (whole != null && i == ranks.length - 1) {
      return MapperCorrection.bytes(whole.length, outputs);
    }
    int most = up.length / outputs;
    return MapperCorrection.bytes((long) ranks[i] * (outputs + down.length / most), outputs);
  }
}
