package org.sparkadept.pipeline.failure;

import java.util.Optional;
import org.apache.spark.sql.AnalysisException;
import org.sparkadept.decoder.error.PrintableText;

/** Short messages out of long chains of exceptions. */
public final class Messages {
  private static final int MAX_LENGTH = 600;

  private Messages() {}

  /**
   * Finds an exception of a type among an exception and its causes.
   *
   * @return the innermost of them
   */
  public static <T extends Throwable> Optional<T> find(Throwable thrown, Class<T> type) {
    T found = null;
    for (Throwable at = thrown; at != null; at = cause(at)) {
      if (type.isInstance(at)) {
        found = type.cast(at);
      }
    }
    return Optional.ofNullable(found);
  }

  /** The innermost cause in one line. */
  public static String rootCause(Throwable thrown) {
    Throwable root = thrown;
    while (cause(root) != null) {
      root = cause(root);
    }
    return line(root);
  }

  /** An exception in one line: its message without stack traces, or its type if it has none. */
  public static String line(Throwable thrown) {
    // Spark's message of a mistake in a query has the whole plan in it.
    String message =
        thrown instanceof AnalysisException analysis
            ? analysis.getSimpleMessage()
            : thrown.getMessage();
    if (message == null || message.isBlank()) {
      return thrown.getClass().getSimpleName();
    }
    return line(message);
  }

  /** A message in one line, without stack traces. */
  static String line(String message) {
    int stack = message.indexOf("\n\tat ");
    String text = stack < 0 ? message : message.substring(0, stack);
    text = text.replaceAll(" SQLSTATE: \\w+", "").strip().replaceAll("\\s*\\R\\s*", " ");
    text = PrintableText.line(text);
    return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
  }

  /** What caused an exception, or null. */
  static Throwable cause(Throwable thrown) {
    return thrown.getCause() == thrown ? null : thrown.getCause();
  }
}
