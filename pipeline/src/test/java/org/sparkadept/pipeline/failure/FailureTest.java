package org.sparkadept.pipeline.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkException;
import org.apache.spark.SparkIllegalArgumentException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.output.OutputException;
import org.sparkadept.udfs.batch.RowFailedException;

class FailureTest {
  @Test
  void theChainOfCausesDecidesTheExitCode() {
    assertEquals(3, Failure.of(wrapped(new AdeptException("mend it"))).exitCode());
    assertEquals("mend it", Failure.of(wrapped(new AdeptException("mend it"))).message());
    assertEquals(4, Failure.of(wrapped(new RowFailedException(1, 2, "empty"))).exitCode());
    assertEquals(5, Failure.of(new OutputException("taken")).exitCode());
    assertEquals(1, Failure.of(wrapped(new IllegalStateException("bug"))).exitCode());
  }

  @Test
  void noSpaceWinsOverWhatItCaused() {
    Throwable cause = new IOException("/data/x: No space left on device");

    Failure failure = Failure.of(new OutputException("cannot be put in place", cause));

    assertEquals(5, failure.exitCode());
    assertTrue(failure.message().contains("/data/x: No space left"), failure.message());
  }

  @Test
  void whatWasFullDecidesWhatIsToldOfTheResult() {
    String local = noSpace("org.apache.spark.storage.DiskBlockObjectWriter").message();
    String result = noSpace("org.apache.hadoop.fs.RawLocalFileSystem").message();
    String summary =
        Failure.of(
                new OutputException(
                    "The output is complete, but not the summary. It cannot be written to s.json"
                        + " (No space left on device). Free some space.",
                    new IOException("No space left on device")))
            .message();

    assertTrue(local.contains("spark.local.dir") && !local.contains("another place"), local);
    assertTrue(result.contains("another place") && !result.contains("spark.local.dir"), result);
    for (String message : List.of(local, result)) {
      assertTrue(message.contains("was not put in place; batches that"), message);
    }
    assertTrue(summary.startsWith("The output is complete"), summary);
    assertFalse(summary.contains("not put in place"), summary);
  }

  @Test
  void quotasOfHdfsAreFullDisks() {
    String quota = "The DiskSpace quota of /out is exceeded: quota = 1 B = 1 B but diskspace = 2 B";

    assertEquals(5, Failure.of(wrapped(new IOException(quota))).exitCode());
  }

  /** Of a full disk where a class wrote to it by the JVM's own. */
  private static Failure noSpace(String writer) {
    IOException full = new IOException("No space left on device");
    full.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("java.io.FileOutputStream", "writeBytes", "", 1),
          new StackTraceElement(writer, "write", "", 2),
          new StackTraceElement("org.apache.spark.sql.execution.Some", "write", "", 3)
        });
    Failure failure = Failure.of(wrapped(full));
    assertEquals(5, failure.exitCode());
    return failure;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          java.lang.ClassNotFoundException: Class org.apache.hadoop.fs.s3a.S3AFileSystem not found | org.apache.hadoop:hadoop-aws:
          Class org.apache.hadoop.fs.azurebfs.SecureAzureBlobFileSystem not found | org.apache.hadoop:hadoop-azure:
          No FileSystem for scheme "gs" | no file system for gs://
          No FileSystem for scheme "s3" | write s3a://
          Failed to find data source: avro. Avro is built-in but external | org.apache.spark:spark-avro_2.13:
          delta.DefaultSource | io.delta:delta-spark
          parkett.DefaultSource | no format 'parkett'
          No suitable driver | JDBC driver
          """)
  void aLibraryThatIsMissingIsNamedWithWhatNeedsIt(String cause, String told) {
    Throwable thrown = new RuntimeException(cause);
    Throwable ours = new AdeptException("The input x://y cannot be read: " + cause, thrown);

    Failure plain = Failure.of(wrapped(thrown));
    Failure located = Failure.of(wrapped(ours));

    assertEquals(3, plain.exitCode());
    assertTrue(plain.message().contains(told), plain.message());
    String rest = plain.message().substring(1);
    assertEquals(3, located.exitCode());
    assertTrue(located.message().startsWith("The input x://y cannot be read: "));
    assertTrue(located.message().endsWith(rest), located.message());
  }

  @Test
  void aSettingThatSparkRefusesIsUnusable() {
    SparkIllegalArgumentException refused =
        new SparkIllegalArgumentException(
            "INVALID_CONF_VALUE.TYPE_MISMATCH",
            Map.of("confValue", "abc", "confName", "spark.sql.x", "confType", "int"));

    Failure failure = Failure.of(wrapped(refused));

    assertEquals(3, failure.exitCode());
    assertTrue(failure.message().contains("spark.sql.x"), failure.message());
  }

  @Test
  void memoryTellsWhichKnobToTurn() {
    Failure failure = Failure.of(wrapped(new OutOfMemoryError("Java heap space")));

    assertEquals(1, failure.exitCode());
    assertTrue(failure.message().contains("ADEPT_DRIVER_MEMORY"), failure.message());
  }

  @Test
  void jobsThatWereCancelledForWantOfExecutorsTellWhatIsWrongWithThese() {
    String spark =
        "[SPARK_JOB_CANCELLED] Job 7 cancelled No executor can start: no directory /m. SQLSTATE:"
            + " XXKDA";

    Failure failure = Failure.of(new AdeptException("not read", new SparkException(spark)));

    assertEquals(new Failure(3, "No executor can start: no directory /m."), failure);
  }

  @Test
  void aSessionThatWasTakenAwayIsNoFaultOfTheInput() {
    String spark = "Job 2 cancelled because SparkContext was shut down";

    Failure failure = Failure.of(new AdeptException("not read", new SparkException(spark)));

    assertEquals(1, failure.exitCode());
    assertTrue(failure.message().contains("was stopped by a signal"), failure.message());
    assertTrue(failure.message().endsWith(spark), failure.message());
  }

  @Test
  void messagesAreOneLineWithoutStackTraces() {
    String spark = "Job aborted: Lost task\n\tat a.B.c(B.java:1)\n\tat a.B.d(B.java:2)";

    assertEquals(
        "The job failed: Job aborted: Lost task",
        Failure.of(new IllegalStateException(spark)).message());
    assertEquals("first second", Messages.line(new IllegalStateException("first\n  second ")));
    assertEquals("IOException", Messages.line(new IOException()));
  }

  private static Throwable wrapped(Throwable cause) {
    return new IllegalStateException("Task 0 in stage 1 failed", new RuntimeException(cause));
  }
}
