package org.sparkadept.pipeline.report.text;

import java.io.PrintWriter;
import java.util.Locale;
import org.sparkadept.decoder.error.PrintableText;
import org.sparkadept.pipeline.report.data.Explanation;

/** An explanation in a terminal. */
public final class ExplanationText {
  private static final int BAR_COLUMNS = 20;
  private static final int SUBSCRIPT_ZERO = 0x2080;

  private ExplanationText() {}

  /**
   * Prints an explanation.
   *
   * @param columns width of the terminal
   */
  public static void print(Explanation explanation, int columns, PrintWriter out) {
    TerminalPrinter printer = new TerminalPrinter(out, columns);
    printer.space();
    printer.line(
        "  %s after layer %d of %d, for %s of full depth's compute",
        explanation.multiLabel()
            ? explanation.answerLine()
            : explanation.label() + " (" + percent(explanation.probability()) + ")",
        explanation.exitLayer(),
        explanation.layers(),
        percent(explanation.compute()));
    printer.line(
        "  policy %s%s%s",
        explanation.policy(),
        Double.isNaN(explanation.threshold()) ? "" : ", τ = " + explanation.threshold(),
        explanation.truncated() ? "; the text was truncated" : "");
    printer.table(steps(explanation));
    printer.space();
    if (explanation.exitLayer() < explanation.reference()) {
      printer.line("  Layers after the exit are not run; they were computed for this table only.");
    }
    tokens(explanation, columns, printer);
    printer.flush();
  }

  private static TextTable steps(Explanation explanation) {
    TextTable table =
        explanation.multiLabel()
            ? new TextTable("layer", "labels", "least settled", "", "π", "decision")
            : new TextTable("layer", "label", "probability", "", "π", "decision");
    for (Explanation.Step step : explanation.steps()) {
      table.add(
          Integer.toString(step.layer()),
          explanation.answerLine(step),
          percent(step.probability()),
          bar(step.probability()),
          Numbers.fixed(step.policyValue(), 4),
          explanation.decision(step).toString());
    }
    return table;
  }

  private static String bar(double share) {
    int full = (int) Math.round(share * BAR_COLUMNS);
    return "█".repeat(full) + "░".repeat(BAR_COLUMNS - full);
  }

  /** The text, each token that left early with the layer after which it left. */
  private static void tokens(Explanation explanation, int columns, TerminalPrinter printer) {
    if (explanation.tokens().stream().allMatch(token -> token.layer() == 0)) {
      printer.line("  No token exited earlier (%d tokens).", explanation.tokens().size());
      return;
    }
    printer.line("  Tokens, with the layer after which each exited (no number: did not exit):");
    StringBuilder line = new StringBuilder(" ");
    for (Explanation.Token token : explanation.tokens()) {
      String shown = " " + visible(token.text()) + subscript(token.layer());
      if (line.length() + shown.length() > columns) {
        printer.line("%s", line);
        line = new StringBuilder(" ");
      }
      line.append(shown);
    }
    printer.line("%s", line);
  }

  private static String visible(String token) {
    String text = PrintableText.line(token).strip();
    return text.isEmpty() ? "␣" : text;
  }

  private static String subscript(int layer) {
    StringBuilder digits = new StringBuilder();
    if (layer > 0) {
      for (char digit : Integer.toString(layer).toCharArray()) {
        digits.appendCodePoint(SUBSCRIPT_ZERO + digit - '0');
      }
    }
    return digits.toString();
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
