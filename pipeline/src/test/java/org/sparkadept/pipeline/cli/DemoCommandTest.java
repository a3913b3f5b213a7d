package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;

class DemoCommandTest {
  @TempDir private Path folder;

  @Test
  void classifiesTheShippedSampleAndShowsARowOfEachTopic() throws IOException {
    SparkSession spark = TestSpark.session();
    Path kept = folder.resolve("kept");

    CommandRun run = CommandRun.of("demo", "--model", TestModel.write(folder), "--output", kept);

    assertEquals(0, run.code(), run.err());
    Dataset<Row> result = spark.read().parquet(kept.toString());
    assertTrue(result.count() >= 300);
    assertEquals(result.count(), result.where("label is not null and error is null").count());
    assertEquals(14, result.select("topic").distinct().count());
    long perTopic = result.count() / 14;
    assertEquals(
        14, result.groupBy("topic").count().where("count = " + perTopic).count(), "evenly");
    assertEquals(result.count(), result.select("text").distinct().count(), "no text twice");
    assertTrue(run.out().contains("topic meant"), run.out());
    assertTrue(run.out().contains("of " + result.count() + " labels"), run.out());
  }
}
