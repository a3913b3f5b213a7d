package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;

/** Writes stack traces to where the command line writes. */
final class StackTraces {
  private StackTraces() {}

  static void print(Throwable thrown, PrintWriter out) {
    for (Throwable at = thrown; at != null; at = at.getCause() == at ? null : at.getCause()) {
      out.println(at == thrown ? at : "Caused by: " + at);
      for (StackTraceElement element : at.getStackTrace()) {
        out.println("\tat " + element);
      }
    }
  }
}
