package org.sparkadept.pipeline.progress;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.CountDownLatch;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.Await;
import org.sparkadept.pipeline.TestSpark;
import org.sparkadept.pipeline.progress.ProgressPrinter.Progress;
import org.sparkadept.udfs.metrics.ScoringAccumulator;
import org.sparkadept.udfs.metrics.ScoringTotals;

class ProgressTest {
  /** Holds the tasks back until a heartbeat of theirs was heard. */
  private static final CountDownLatch RELEASE = new CountDownLatch(1);

  private static final ScoringTotals ROW = ScoringTotals.ofRows(1);

  @Test
  void theLineTellsRowsRateTasksAndTime() {
    assertEquals(
        "adept: 182,944 rows · 2,310 rows/s · 5/16 tasks · 1:19",
        ProgressPrinter.line(new Progress(182_944, 5, 16), 79.2));
    assertTrue(ProgressPrinter.line(new Progress(0, 0, 0), 3_725).endsWith("1:02:05"));
  }

  @Test
  void rowsOfTasksThatStillRunAreSeenAndEndedTasksCountOnce() throws Exception {
    SparkSession spark = TestSpark.session();
    ScoringAccumulator totals = ScoringAccumulator.register(spark.sparkContext());
    ProgressListener listener = new ProgressListener();
    spark.sparkContext().addSparkListener(listener);
    try {
      MapFunction<Long, Long> held =
          row -> {
            totals.add(ROW);
            RELEASE.await();
            return row;
          };
      Thread job =
          new Thread(() -> spark.range(0, 100, 1, 2).map(held, Encoders.LONG()).collectAsList());
      job.start();
      Await.until("a heartbeat", () -> listener.progress().rows() > 0);
      assertEquals(0, listener.progress().tasksDone());
      RELEASE.countDown();
      job.join();
      spark.sparkContext().listenerBus().waitUntilEmpty();

      assertEquals(new Progress(100, 2, 2), listener.progress());
    } finally {
      RELEASE.countDown();
      spark.sparkContext().removeSparkListener(listener);
    }
  }

  @Test
  void aTerminalLineIsRewrittenAndClearedAtTheEnd() throws Exception {
    StringWriter text = new StringWriter();
    ProgressPrinter printer =
        new ProgressPrinter(new PrintWriter(text), new Terminal(true, 80), false);

    printer.start(() -> new Progress(1, 0, 1));
    Await.until("a line", () -> text.toString().contains("\r\u001b[Kadept: 1 rows"));
    printer.stop();
    printer.stop();

    assertTrue(text.toString().endsWith("\r\u001b[K"));
    assertFalse(text.toString().contains("\n"));
  }

  @Test
  void rowsAreLeftOutUntilSomeAreKnown() {
    assertEquals("adept: 5/16 tasks · 0:07", ProgressPrinter.line(new Progress(0, 5, 16), 7));
  }

  @Test
  void aStepIsALineThatStays() {
    StringWriter text = new StringWriter();
    new ProgressPrinter(new PrintWriter(text), new Terminal(true, 80), false).step("pass 1");
    assertEquals("\r\u001b[Kpass 1\n", text.toString());
    StringWriter quiet = new StringWriter();
    new ProgressPrinter(new PrintWriter(quiet), new Terminal(true, 80), true).step("pass 1");
    assertEquals("", quiet.toString());
  }

  @Test
  void theNextStepIsCountedFromNothing() throws Exception {
    SparkSession spark = TestSpark.session();
    RowCounter counter = RowCounter.register(spark.sparkContext());
    ProgressListener listener = new ProgressListener();
    spark.sparkContext().addSparkListener(listener);
    try {
      for (int tasks = 1; tasks <= 2; tasks++) {
        listener.beginAnew();
        assertEquals(new Progress(0, 0, 0), listener.progress());
        MapFunction<Long, Long> counted =
            row -> {
              counter.add(3);
              return row;
            };
        spark.range(0, 10, 1, tasks).map(counted, Encoders.LONG()).collectAsList();
        spark.sparkContext().listenerBus().waitUntilEmpty();
        assertEquals(new Progress(30, tasks, tasks), listener.progress());
      }
    } finally {
      spark.sparkContext().removeSparkListener(listener);
    }
  }

  @Test
  void onlyANumberOfColumnsIsATerminal() {
    assertEquals(new Terminal(true, 132), Terminal.of("132"));
    assertEquals(60, Terminal.of("5").columns());
    assertFalse(Terminal.of(null).interactive());
    assertFalse(Terminal.of("").interactive());
  }
}
