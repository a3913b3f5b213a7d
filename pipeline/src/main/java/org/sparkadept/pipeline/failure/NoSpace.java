package org.sparkadept.pipeline.failure;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.sparkadept.decoder.error.AdeptException;

/** A disk that ran full, or a quota. What it was full of decides what is told of the result. */
final class NoSpace {
  /** As operating systems and HDFS say it. */
  private static final Pattern FULL =
      Pattern.compile("no space left|quota exceeded|quota (of \\S+ )?is exceeded");

  private static final String SPARK = "org.apache.spark.";

  /** Frames of an exception that belong to Spark or a library that it writes results with. */
  private static final String LIBRARIES = "org.apache.";

  private static final String NOT_IN_PLACE =
      " What was being written was not put in place; batches that an incremental run had put in"
          + " place before stay.";

  private NoSpace() {}

  /** The failure, if a full disk is the cause. */
  static Optional<Failure> of(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = Messages.cause(at)) {
      if (at instanceof IOException full && isFull(full)) {
        return Optional.of(new Failure(ExitCode.OUTPUT, message(thrown, full)));
      }
    }
    return Optional.empty();
  }

  private static boolean isFull(IOException exception) {
    String message = exception.getMessage();
    return message != null && FULL.matcher(message.toLowerCase(Locale.ROOT)).find();
  }

  private static String message(Throwable thrown, IOException full) {
    Optional<AdeptException> ours = Messages.find(thrown, AdeptException.class);
    if (ours.isPresent()) {
      // It says what could not be written, and what became of it.
      String line = Messages.line(ours.get());
      String cause = Messages.line(full);
      return (line.contains(cause) ? line : line + " (" + cause + ").")
          + (line.contains("Free some space") ? "" : " Free some space there.");
    }
    if (isSparks(full)) {
      return "No space left for Spark's temporary files ("
          + Messages.line(full)
          + ")."
          + NOT_IN_PLACE
          + " Free some space, or name a folder on a larger disk: SPARK_LOCAL_DIRS, or"
          + " --conf spark.local.dir=DIR.";
    }
    return "No space left while the result was written ("
        + Messages.line(full)
        + ")."
        + NOT_IN_PLACE
        + " Free some space, or choose another place for the result.";
  }

  /**
   * Whether Spark wrote a file of its own (shuffled rows, spilled rows, cached blocks): results are
   * written by Hadoop's file systems, which then stand above Spark in the stack.
   */
  private static boolean isSparks(IOException full) {
    for (StackTraceElement frame : full.getStackTrace()) {
      if (frame.getClassName().startsWith(LIBRARIES)) {
        return frame.getClassName().startsWith(SPARK);
      }
    }
    return false;
  }
}
