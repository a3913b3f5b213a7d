package org.sparkadept.pipeline.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkException;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.Await;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestSpark;

class SessionWatchTest {
  private static final SparkException REMOVED =
      new SparkException("Job aborted: Master removed our application: FAILED");

  private final SparkContext context = TestSpark.session().sparkContext();

  @Test
  void anApplicationThatWasRemovedFailsOfItsLastExecutor() {
    Failure failure = failureAfter("Command exited with code 52", REMOVED);
    Failure other = failureAfter("Command exited with code 1", REMOVED);

    assertEquals(ExitCode.JOB_FAILED, failure.exitCode());
    assertTrue(failure.message().startsWith("Out of memory: executor 7"), failure.message());
    assertTrue(other.message().startsWith("The cluster manager ended the run"), other.message());
    assertTrue(other.message().contains("exited with code 1"), other.message());
  }

  @Test
  void anExecutorThatSparkCouldDoWithoutIsNotToBlame() {
    Failure failure = failureAfter("worker lost", new IllegalStateException("a bug"));

    assertEquals("The job failed: a bug", failure.message());
  }

  private Failure failureAfter(String loss, Exception thrown) {
    try (SessionWatch watch = SessionWatch.begin(context)) {
      watch.onExecutorRemoved(new SparkListenerExecutorRemoved(0, "7", loss));
      return Failure.of(
          assertThrows(
              Exception.class,
              () ->
                  watch.run(
                      () -> {
                        throw new IllegalStateException(thrown);
                      })));
    }
  }

  @Test
  void theHandlerOfUncaughtExceptionsIsPutBack() {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();

    SessionWatch.begin(context).close();

    assertSame(before, Thread.getDefaultUncaughtExceptionHandler());
  }

  /** Without its scheduler, Spark would have the job wait for ever. */
  @Test
  void aSchedulerOutOfMemoryEndsTheRunAndIsToldAsSuch(@TempDir Path folder) throws Exception {
    Path log = folder.resolve("log");
    Process run =
        CommandRun.inOwnJvm(
                "-Xmx480m",
                "sql",
                "-q",
                "--master=local[1]",
                "-e",
                "CREATE TEMPORARY VIEW v USING "
                    + ExhaustingSource.class.getName()
                    + "; SELECT * FROM v")
            .redirectOutput(log.toFile())
            .start();

    boolean ended = run.waitFor(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);

    run.destroyForcibly();
    String printed = Files.readString(log);
    assertTrue(ended, printed);
    assertEquals(ExitCode.JOB_FAILED, run.exitValue(), printed);
    assertTrue(printed.contains("adept: Out of memory (Java heap space)"), printed);
  }
}
