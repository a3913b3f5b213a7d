package org.sparkadept.pipeline.report;

import java.io.PrintWriter;
import java.util.Locale;

/** Facts in a terminal: a line each, name and value. */
public final class FactLines {
  private FactLines() {}

  /** Prints a fact. */
  public static void print(PrintWriter out, String name, String value) {
    out.printf(Locale.ROOT, "  %-14s%s%n", name, value);
  }

  /** A share in percent; a dash where there is none. */
  public static String percent(double share) {
    return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
