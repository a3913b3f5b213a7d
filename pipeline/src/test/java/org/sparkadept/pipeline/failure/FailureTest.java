package org.sparkadept.pipeline.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
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
