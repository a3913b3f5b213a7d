package org.sparkadept.pipeline.report.text;

import java.io.PrintWriter;
import java.util.Locale;
import org.sparkadept.decoder.error.PrintableText;

/** Prints to a terminal: lines of a name and a value, and tables. */
public final class TerminalPrinter {
  private final PrintWriter out;
  private final int columns;

  /**
   * @param columns width of the terminal
   */
  public TerminalPrinter(PrintWriter out, int columns) {
    this.out = out;
    this.columns = columns;
  }

  /** Prints an empty line. */
  void space() {
    out.println();
  }

  /** Prints a line of its own, whatever the texts are that it is made of. */
  void line(String format, Object... args) {
    out.println(PrintableText.line(String.format(Locale.ROOT, format, args)));
  }

  /** Prints a name and a value, as {@link String#format} makes it. */
  void value(String name, String format, Object... args) {
    line("  %-14s%s", name, String.format(Locale.ROOT, format, args));
  }

  /** Prints a table after an empty line. */
  public void table(TextTable table) {
    out.println();
    table.lines(columns).forEach(out::println);
  }

  /** Passes on what was printed. */
  void flush() {
    out.flush();
  }

  /** A share in percent, with two decimals; a dash where there is none. */
  static String percent(double share) {
    return Double.isNaN(share) ? Numbers.NONE : String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }
}
