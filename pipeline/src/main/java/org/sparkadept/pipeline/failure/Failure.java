package org.sparkadept.pipeline.failure;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.AnalysisException;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.output.LostLeaseException;
import org.sparkadept.pipeline.output.OutputException;
import org.sparkadept.udfs.batch.RowFailedException;
import org.sparkadept.udfs.plugin.AdeptPlugin;

/**
 * A failed run as its user sees it.
 *
 * @param exitCode one of {@link ExitCode}
 * @param message one line: what is wrong and what to do
 */
public record Failure(int exitCode, String message) {
  /** What Spark and Delta Lake say of tables that are there and must not be. */
  private static final Set<String> OUTPUT_EXISTS =
      Set.of("TABLE_OR_VIEW_ALREADY_EXISTS", "PATH_ALREADY_EXISTS", "DELTA_PATH_EXISTS");

  /** Conditions of settings with a value that is not allowed begin so. */
  private static final String INVALID_SETTING = "INVALID_CONF_VALUE";

  /** Advice for runs that have no more memory to use. */
  static final String SMALLER_BATCHES =
      "use smaller batches (spark.adept.batch.rows, spark.adept.batch.bytes; for Parquet"
          + " files with large rows, also spark.sql.parquet.columnarReaderBatchSize).";

  /** Of jobs that were cancelled since no executor could start. */
  private static final Pattern NO_EXECUTOR =
      Pattern.compile(Pattern.quote(AdeptPlugin.NO_EXECUTOR) + ".*");

  /** Of jobs whose application a standalone cluster has ended. */
  private static final Pattern REMOVED = Pattern.compile("Master removed our application.*");

  /** Of jobs whose session was stopped. */
  private static final Pattern STOPPED =
      Pattern.compile("Job \\d+ cancelled because SparkContext was shut down");

  /** Of files of csv whose header is not that of the first; names the file. */
  private static final Pattern CSV_HEADER =
      Pattern.compile("CSV header does not conform to the schema.*");

  /** Finds, in a chain of causes, what the user can act upon. */
  public static Failure of(Throwable thrown) {
    return NoSpace.of(thrown)
        .or(() -> memory(thrown))
        .or(() -> line(thrown, NO_EXECUTOR).map(Failure::unusable))
        .or(() -> LostExecutor.of(thrown).map(lost -> failed(lost.message())))
        .or(() -> Messages.find(thrown, SessionEndedException.class).map(Failure::ended))
        .or(() -> line(thrown, REMOVED).or(() -> line(thrown, STOPPED)).map(Failure::stopped))
        .or(() -> MissingLibrary.message(thrown).map(Failure::unusable))
        .or(() -> Messages.find(thrown, AdeptException.class).map(Failure::ours))
        .or(() -> Messages.find(thrown, AnalysisException.class).map(Failure::analysis))
        .or(() -> setting(thrown))
        .or(() -> line(thrown, CSV_HEADER).map(Failure::unusable))
        .orElseGet(() -> failed("The job failed: " + Messages.rootCause(thrown)));
  }

  private static Failure failed(String message) {
    return new Failure(ExitCode.JOB_FAILED, message);
  }

  private static Failure unusable(String message) {
    return new Failure(ExitCode.UNUSABLE, message);
  }

  private static Failure ended(SessionEndedException exception) {
    return failed(exception.getMessage());
  }

  private static Failure stopped(String sparks) {
    return failed("The run was stopped by a signal or by the cluster manager: " + sparks);
  }

  /** Whether a standalone cluster has ended the application. */
  static boolean isRemoval(Throwable thrown) {
    return line(thrown, REMOVED).isPresent();
  }

  private static Optional<Failure> memory(Throwable thrown) {
    return Messages.find(thrown, OutOfMemoryError.class)
        .map(
            error ->
                failed(
                    "Out of memory ("
                        + Messages.line(error)
                        + "). Give the JVM more memory (ADEPT_DRIVER_MEMORY=4g; under spark-submit"
                        + " spark.driver.memory, spark.executor.memory) or "
                        + SMALLER_BATCHES));
  }

  private static Failure ours(AdeptException exception) {
    return new Failure(code(exception), Messages.line(exception));
  }

  private static Failure analysis(AnalysisException exception) {
    boolean exists = OUTPUT_EXISTS.contains(String.valueOf(exception.getCondition()));
    return new Failure(exists ? ExitCode.OUTPUT : ExitCode.UNUSABLE, Messages.line(exception));
  }

  /** A setting whose value Spark refuses when it is first used. */
  private static Optional<Failure> setting(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = Messages.cause(at)) {
      if (at instanceof SparkThrowable spark
          && String.valueOf(spark.getCondition()).startsWith(INVALID_SETTING)) {
        return Optional.of(unusable(Messages.line(at)));
      }
    }
    return Optional.empty();
  }

  private static int code(AdeptException exception) {
    if (exception instanceof RowFailedException) {
      return ExitCode.ROW_FAILED;
    }
    if (exception instanceof LostLeaseException) {
      return ExitCode.JOB_FAILED;
    }
    return exception instanceof OutputException ? ExitCode.OUTPUT : ExitCode.UNUSABLE;
  }

  /** What a pattern matches in the message of an exception or one of its causes. */
  private static Optional<String> line(Throwable thrown, Pattern pattern) {
    for (Throwable at = thrown; at != null; at = Messages.cause(at)) {
      Matcher matcher = pattern.matcher(Messages.line(at));
      if (matcher.find()) {
        return Optional.of(matcher.group());
      }
    }
    return Optional.empty();
  }
}
