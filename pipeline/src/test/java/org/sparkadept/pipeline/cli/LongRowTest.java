package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.CommandTest;

/** A row of 10 MB beside short ones, with the model that the quick start uses. */
class LongRowTest extends CommandTest {
  private static final String COMPANY =
      "The company makes engines for ships and was founded in 1921 in the city. ";

  @BeforeEach
  void useShippedModel() {
    model = Path.of("../models/adept-dbpedia14").toAbsolutePath().normalize();
  }

  private void writeRows(int times) {
    addRows(
        String.format(
            "select id, if(id = 1, repeat('%s', %d), '%s') text from range(3)",
            COMPANY, times, COMPANY));
  }

  @Test
  void tenMegabytesAreAnsweredInChunksInBoundedTime() {
    writeRows(140_000);
    assertTimeout(
        Duration.ofMinutes(5),
        () -> classify("--long", "chunk", "--scores").assertOk("in chunks", "chunks"));
    Row row = rows(output).get(1);
    Row alone = rows(output).get(0);
    assertEquals(alone.<String>getAs("label"), row.getAs("label"));
    assertFalse(row.<Boolean>getAs("truncated"));
    assertTrue(row.<Integer>getAs("tokens") > 1_500_000, row.toString().substring(0, 50));
  }

  @Test
  void tenMegabytesAreCutAtOnceUnlessAskedFor() {
    writeRows(140_000);
    assertTimeout(Duration.ofMinutes(1), () -> classify().assertOk());
    assertTrue(rows(output).get(1).<Boolean>getAs("truncated"));
  }
}
