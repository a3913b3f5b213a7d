package org.sparkadept.pipeline.explain;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.TreeSet;
import org.sparkadept.pipeline.report.ExitStep;
import org.sparkadept.pipeline.report.Explanation;
import org.sparkadept.pipeline.report.TextTable;
import org.sparkadept.pipeline.report.TokenExit;

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
    out.println();
    out.printf(
        Locale.ROOT,
        "  %s (%s) after layer %d of %d, for %s of full depth's compute%n",
        explanation.label(),
        percent(explanation.probability()),
        explanation.exitLayer(),
        explanation.layers(),
        percent(explanation.compute()));
    out.println(
        "  policy "
            + explanation.policy()
            + (Double.isNaN(explanation.threshold()) ? "" : ", τ = " + explanation.threshold())
            + (explanation.truncated() ? "; only the text's beginning was read" : ""));
    out.println();
    steps(explanation, columns, out);
    out.println();
    tokens(explanation, columns, out);
    out.flush();
  }

  private static void steps(Explanation explanation, int columns, PrintWriter out) {
    TextTable table = new TextTable("layer", "label", "probability", "", "π", "decision");
    for (ExitStep step : explanation.steps()) {
      table.add(
          Integer.toString(step.layer()),
          step.label(),
          percent(step.probability()),
          bar(step.probability()),
          Double.isNaN(step.policyValue())
              ? "–"
              : String.format(Locale.ROOT, "%.4f", step.policyValue()),
          decision(step, explanation.exitLayer()));
    }
    table.lines(columns).forEach(out::println);
  }

  private static String decision(ExitStep step, int exitLayer) {
    if (step.layer() == exitLayer) {
      return "answers";
    }
    return step.layer() > exitLayer ? "not run but for this table" : "goes on";
  }

  private static String bar(double share) {
    int full = (int) Math.round(share * BAR_COLUMNS);
    return "█".repeat(full) + "░".repeat(BAR_COLUMNS - full);
  }

  /** The text, with the layer after which a token left behind the last of each such stretch. */
  private static void tokens(Explanation explanation, int columns, PrintWriter out) {
    TreeSet<Integer> layers = new TreeSet<>();
    for (TokenExit token : explanation.tokens()) {
      layers.add(token.layer());
    }
    layers.remove(0);
    if (layers.isEmpty()) {
      out.printf(
          Locale.ROOT, "  None of the %d tokens left before.%n", explanation.tokens().size());
      return;
    }
    out.println("  Tokens, each with the layer after which it left; those without one stayed:");
    StringBuilder line = new StringBuilder(" ");
    for (TokenExit token : explanation.tokens()) {
      String shown = " " + visible(token.text()) + subscript(token.layer());
      if (line.length() + shown.length() > columns) {
        out.println(line);
        line = new StringBuilder(" ");
      }
      line.append(shown);
    }
    out.println(line);
  }

  private static String visible(String token) {
    String text = token.strip().replaceAll("\\p{Cntrl}+", " ");
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
