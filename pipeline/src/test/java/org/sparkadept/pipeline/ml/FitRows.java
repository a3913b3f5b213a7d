package org.sparkadept.pipeline.ml;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.pipeline.TestSpark;

/** Labelled texts that even a random backbone can tell apart. */
final class FitRows {
  static final StructType SCHEMA =
      new StructType().add("text", DataTypes.StringType).add("label", DataTypes.StringType);

  private static final String[] LABELS = {"low", "middle", "top"};
  private static final String[] LETTERS = {"abcdef", "klmnop", "uvwxyz"};

  private FitRows() {}

  static Dataset<Row> of(int count, long seed) {
    return TestSpark.session().createDataFrame(list(count, seed), SCHEMA);
  }

  static List<Row> list(int count, long seed) {
    Random random = new Random(seed);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int label = i % LABELS.length;
      StringBuilder text = new StringBuilder();
      int length = 4 + random.nextInt(20);
      for (int c = 0; c < length; c++) {
        String letters = LETTERS[random.nextInt(8) == 0 ? random.nextInt(3) : label];
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      rows.add(RowFactory.create(text.toString(), LABELS[label]));
    }
    return rows;
  }
}
