package org.sparkadept.pipeline.output;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.pipeline.TestSpark;
import org.sparkadept.pipeline.failure.Messages;

/** A task that is still at work when another one has failed the job. */
class LateTaskTest {
  private static final Duration LATE = Duration.ofMillis(1_500);
  private static final CountDownLatch BOTH_RUN = new CountDownLatch(1);
  private static final AtomicBoolean LATE_ENDED = new AtomicBoolean();

  @TempDir private Path folder;
  private final SparkSession spark = TestSpark.session();

  @Test
  void isWaitedForSoThatItsFilesDoNotOutliveTheFailedRun() throws IOException {
    UDF1<Long, Long> work = LateTaskTest::work;
    spark.udf().register("work", work, DataTypes.LongType);
    Dataset<Row> result = spark.range(0, 4, 1, 2).selectExpr("work(id) id", "null error");
    OutputSpec spec =
        new OutputSpec(
            folder.resolve("out").toString(),
            "json",
            Map.of("maxRecordsPerFile", "1"),
            List.of(),
            OutputMode.ERRORIFEXISTS,
            Map.of());

    try (ResultWriter writer =
        ResultWriter.begin(spec, "run", spark.sessionState().newHadoopConf())) {
      assertFalse(LATE_ENDED.get());
      Exception failure = assertThrows(Exception.class, () -> writer.write(result, Map.of()));
      assertTrue(Messages.rootCause(failure).contains("a row that fails"), () -> "" + failure);
    }

    assertTrue(LATE_ENDED.get(), "a task still runs");
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(List.of(), left.toList());
    }
  }

  /** The first partition fails; the second makes its second file after that. */
  private static long work(long id) throws InterruptedException {
    switch ((int) id) {
      case 0 -> {
        BOTH_RUN.await();
        throw new IllegalStateException("a row that fails");
      }
      case 3 -> {
        BOTH_RUN.countDown();
        // Deaf to interrupts, as native code is.
        long end = System.nanoTime() + LATE.toNanos();
        while (System.nanoTime() < end) {
          Thread.onSpinWait();
        }
        LATE_ENDED.set(true);
      }
      default -> {}
    }
    return id;
  }
}
