package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A bounded sample of texts, the same for the same seed, dealt out to all cores. */
final class SampledRows {
  private SampledRows() {}

  /**
   * @param rows with {@code text}
   * @param count at most so many
   */
  static JavaRDD<byte[]> of(SparkSession spark, Dataset<Row> rows, long count, long seed) {
    List<byte[]> texts =
        rows
            .select(col(DividedRows.TEXT))
            .orderBy(xxhash64(lit(~seed), col(DividedRows.TEXT)))
            .limit((int) Math.min(count, Integer.MAX_VALUE))
            .collectAsList()
            .stream()
            .map(row -> row.getString(0).getBytes(StandardCharsets.UTF_8))
            .toList();
    int parts = spark.sparkContext().defaultParallelism();
    return JavaSparkContext.fromSparkContext(spark.sparkContext()).parallelize(texts, parts);
  }
}
