package org.sparkadept.pipeline.failure;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.AnalysisException;
import org.sparkadept.decoder.error.AdeptException;
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

  /** Advice for runs that have no more memory to use. */
  static final String SMALLER_BATCHES =
      "use smaller batches (spark.adept.batch.rows, spark.adept.batch.bytes; for Parquet"
          + " files with large rows, also spark.sql.parquet.columnarReaderBatchSize).";

  /** Of jobs that were cancelled since no executor could start. */
  private static final Pattern NO_EXECUTOR =
      Pattern.compile(Pattern.quote(AdeptPlugin.NO_EXECUTOR) + ".*");

  /** Of jobs whose session was stopped. */
  private static final Pattern ENDED =
      Pattern.compile(
          "Job \\d+ cancelled because SparkContext was shut down|Master removed our application.*");

  /** Finds, in a chain of causes, what the user can act upon. */
  public static Failure of(Throwable thrown) {
    Optional<String> space = noSpace(thrown);
    if (space.isPresent()) {
      return new Failure(
          ExitCode.OUTPUT,
          "No space left while the result was written ("
              + space.get()
              + "). No output was written. Free some space, or choose another --output or"
              + " spark.local.dir.");
    }
    Optional<OutOfMemoryError> memory = Messages.find(thrown, OutOfMemoryError.class);
    if (memory.isPresent()) {
      return new Failure(
          ExitCode.JOB_FAILED,
          "Out of memory ("
              + Messages.line(memory.get())
              + "). Give the JVM more memory (ADEPT_DRIVER_MEMORY=4g, or"
              + " spark.executor.memory on a cluster) or "
              + SMALLER_BATCHES);
    }
    Optional<String> noExecutor = line(thrown, NO_EXECUTOR);
    if (noExecutor.isPresent()) {
      return new Failure(ExitCode.UNUSABLE, noExecutor.get());
    }
    Optional<String> ended = line(thrown, ENDED);
    if (ended.isPresent()) {
      return new Failure(
          ExitCode.JOB_FAILED,
          "The run was stopped by a signal or by the cluster manager: " + ended.get());
    }
    Optional<LostExecutor> lost = LostExecutor.of(thrown);
    if (lost.isPresent()) {
      return new Failure(ExitCode.JOB_FAILED, lost.get().message());
    }
    Optional<AdeptException> ours = Messages.find(thrown, AdeptException.class);
    if (ours.isPresent()) {
      return new Failure(code(ours.get()), Messages.line(ours.get()));
    }
    Optional<AnalysisException> analysis = Messages.find(thrown, AnalysisException.class);
    if (analysis.isPresent()) {
      boolean exists = OUTPUT_EXISTS.contains(String.valueOf(analysis.get().getCondition()));
      int code = exists ? ExitCode.OUTPUT : ExitCode.UNUSABLE;
      return new Failure(code, Messages.line(analysis.get()));
    }
    return new Failure(ExitCode.JOB_FAILED, "The job failed: " + Messages.rootCause(thrown));
  }

  private static int code(AdeptException exception) {
    if (exception instanceof RowFailedException) {
      return ExitCode.ROW_FAILED;
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

  private static Optional<String> noSpace(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = Messages.cause(at)) {
      String message = at.getMessage();
      if (at instanceof IOException && message != null) {
        String text = message.toLowerCase(Locale.ROOT);
        if (text.contains("no space left")
            || text.contains("quota exceeded")
            || text.contains("quota is exceeded")) {
          return Optional.of(Messages.line(at));
        }
      }
    }
    return Optional.empty();
  }
}
