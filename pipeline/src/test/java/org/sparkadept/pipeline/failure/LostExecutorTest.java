package org.sparkadept.pipeline.failure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Ends of executors, in the words of the cluster managers that Spark knows. */
class LostExecutorTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Command exited with code 52 | Increase spark.executor.memory or
          Container marked as failed: container_1_1_01_2 on host: h. Exit status: 52. | Increase spark.executor.memory or
          Command exited with code 137 | spark.executor.memoryOverhead
          The executor with id 3 exited with exit code 137(SIGKILL, possible container OOM). | spark.executor.memoryOverhead
          Container killed by YARN for exceeding physical memory limits. 5 GB of 5 GB used. | spark.executor.memoryOverhead
          Command exited with code 3 | -XX:+ExitOnOutOfMemoryError. Increase spark.executor.memory or
          Command exited with code 134 | hs_err_pid
          worker lost: 10.0.0.7:4711 got disassociated | 10.0.0.7:4711 got disassociated
          Executor heartbeat timed out after 125000 ms | heartbeat timed out
          """)
  void itsEndTellsWhatToDo(String reason, String advice) {
    Failure failure = Failure.of(abort(reason));

    assertEquals(ExitCode.JOB_FAILED, failure.exitCode());
    assertTrue(failure.message().contains("executor 3 on 10.0.0.7"), failure.message());
    assertTrue(failure.message().contains(advice), failure.message());
  }

  @Test
  void otherFailuresOfTasksBlameNoExecutor() {
    assertEquals(
        Optional.empty(),
        LostExecutor.of(
            new SparkException(
                "Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times, most recent"
                    + " failure: Lost task 0.3 in stage 1.0 (TID 4) (10.0.0.7 executor 3):"
                    + " java.lang.IllegalStateException: Reason: a bug")));
  }

  private static Throwable abort(String reason) {
    return new IllegalStateException(
        new SparkException(
            "Job aborted due to stage failure: Task 0 in stage 1.0 failed 4 times, most recent"
                + " failure: Lost task 0.3 in stage 1.0 (TID 4) (10.0.0.7 executor 3):"
                + " ExecutorLostFailure (executor 3 exited caused by one of the running tasks)"
                + " Reason: "
                + reason
                + "\nDriver stacktrace:"));
  }
}
