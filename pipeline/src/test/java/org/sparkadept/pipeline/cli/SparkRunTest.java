package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.TestSpark;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.failure.Failure;

class SparkRunTest {
  @Test
  void aDriverOutOfMemoryFailsAsAnyOtherRunDoes() {
    TestSpark.session();
    SessionOptions options = new SessionOptions();
    options.master = "local[2]";

    Exception thrown =
        assertThrows(
            Exception.class,
            () ->
                SparkRun.with(
                    options,
                    options.sparkConf(),
                    new PrintWriter(new StringWriter()),
                    spark -> {
                      throw new OutOfMemoryError("Java heap space");
                    }));

    Failure failure = Failure.of(thrown);
    assertEquals(ExitCode.JOB_FAILED, failure.exitCode());
    assertTrue(failure.message().startsWith("Out of memory (Java heap space)"), failure.message());
  }
}
