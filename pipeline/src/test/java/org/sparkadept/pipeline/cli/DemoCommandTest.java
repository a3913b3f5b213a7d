package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;

class DemoCommandTest extends CommandTest {
  @Test
  void classifiesTheShippedSampleAndShowsARowOfEachTopic() throws IOException {
    CommandRun run = CommandRun.of("demo", "--model", model, "--output", output);

    run.assertOk();
    Dataset<Row> result = result();
    assertTrue(result.count() >= 300);
    assertEquals(result.count(), result.where("label is not null and error is null").count());
    assertEquals(14, result.select("topic").distinct().count());
    long perTopic = result.count() / 14;
    assertEquals(
        14, result.groupBy("topic").count().where("count = " + perTopic).count(), "evenly");
    assertEquals(result.count(), result.select("text").distinct().count(), "no text twice");
    run.assertOk("topic meant", "of " + result.count() + " labels");
  }
}
