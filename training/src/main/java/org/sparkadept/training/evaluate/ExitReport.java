package org.sparkadept.training.evaluate;

import java.util.Locale;
import java.util.Map;

/** Markdown tables of what exits answer, one column pair a data set. */
public final class ExitReport {
  private ExitReport() {}

  /**
   * Accuracy of every exit and its agreement with full depth, in percent.
   *
   * @param outcomes by name of the data set, in column order
   */
  public static String perExit(Map<String, ExitOutcomes> outcomes) {
    StringBuilder table = new StringBuilder("| exit layer |");
    StringBuilder rule = new StringBuilder("|---|");
    int exits = 0;
    for (Map.Entry<String, ExitOutcomes> entry : outcomes.entrySet()) {
      String name = entry.getKey() + " (" + count(entry.getValue().rows()) + " rows)";
      table.append(" ").append(name).append(": accuracy | same answer as full depth |");
      rule.append("---|---|");
      exits = entry.getValue().exits();
    }
    table.append("\n").append(rule).append("\n");
    for (int exit = 0; exit < exits; exit++) {
      table.append("| ").append(exit + 1).append(" |");
      for (ExitOutcomes outcome : outcomes.values()) {
        table.append(percent(outcome.accuracy(exit))).append(percent(outcome.agreement(exit)));
      }
      table.append("\n");
    }
    return table.toString();
  }

  /**
   * Accuracy and cost of the policy {@code confidence}.
   *
   * @param outcomes by name of the data set, in row order
   * @param threshold softmax probability at which a row exits
   */
  public static String atThreshold(Map<String, ExitOutcomes> outcomes, double threshold) {
    StringBuilder table =
        new StringBuilder(
            "| rows | threshold | accuracy | full depth | same answer | mean exit layer |\n"
                + "|---|---|---|---|---|---|\n");
    for (Map.Entry<String, ExitOutcomes> entry : outcomes.entrySet()) {
      ExitOutcomes outcome = entry.getValue();
      ExitOutcomes.AtThreshold policy = outcome.exitAt(threshold);
      table
          .append("| ")
          .append(entry.getKey())
          .append(String.format(Locale.ROOT, " | %.3f |", threshold))
          .append(percent(policy.accuracy()))
          .append(percent(outcome.accuracy(outcome.exits() - 1)))
          .append(percent(policy.agreement()))
          .append(
              String.format(
                  Locale.ROOT, " %.2f of %d |%n", policy.meanExitLayer(), outcome.exits()));
    }
    return table.toString().replace(System.lineSeparator(), "\n");
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, " %.2f %% |", 100 * share);
  }

  private static String count(int rows) {
    return String.format(Locale.ROOT, "%,d", rows);
  }
}
