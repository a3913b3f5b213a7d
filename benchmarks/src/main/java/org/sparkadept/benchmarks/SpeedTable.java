package org.sparkadept.benchmarks;

import java.util.List;
import java.util.Locale;
import org.sparkadept.decoder.result.Classifications;

/** The table of the speed benchmark, in Markdown. */
final class SpeedTable {
  private SpeedTable() {}

  /**
   * How good a variant's answers are and what they cost.
   *
   * @param rows number of rows that were scored
   * @param accuracy share of the labelled rows with the true label; NaN if none has a label
   * @param agreement share of the rows with full depth's label
   * @param meanExitLayer mean over the rows of the layer that answered
   * @param flops floating-point operations of the rows, each counted as if it were alone
   * @param sharedFlops how many of them did not run, because rows shared their results
   */
  record Quality(
      long rows,
      double accuracy,
      double agreement,
      double meanExitLayer,
      long flops,
      long sharedFlops) {

    static Quality of(Classifications answers, Classifications fullDepth, String[] labels) {
      long scored = 0;
      long labelled = 0;
      long right = 0;
      long agreeing = 0;
      long layers = 0;
      for (int row = 0; row < answers.size(); row++) {
        if (!answers.scored(row)) {
          continue;
        }
        scored++;
        layers += answers.exitLayer(row);
        agreeing += answers.labels(row).equals(fullDepth.labels(row)) ? 1 : 0;
        labelled += labels[row] == null ? 0 : 1;
        right += labels[row] != null && labels[row].equals(answers.label(row)) ? 1 : 0;
      }
      return new Quality(
          scored,
          (double) right / labelled,
          (double) agreeing / scored,
          (double) layers / scored,
          answers.statistics().flops(),
          answers.statistics().sharedFlops());
    }
  }

  /**
   * @param title line above the table
   * @param variants the baseline of the ratios first
   * @param qualities of each
   * @param seconds time of each
   */
  static String of(
      String title, List<SpeedVariant> variants, List<Quality> qualities, double[] seconds) {
    StringBuilder table = new StringBuilder();
    table.append('\n').append(title).append("\n\n");
    table.append(
        "| | accuracy | agreement | mean exit | time s | rows/s | GFLOP/s | FLOP ratio"
            + " | time ratio | time / FLOP ratio | FLOPs shared |\n");
    table.append("|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < seconds.length; i++) {
      Quality quality = qualities.get(i);
      double flopRatio = (double) qualities.get(0).flops() / quality.flops();
      double timeRatio = seconds[0] / seconds[i];
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %.2f %% | %.2f %% | %.2f | %.3f | %,.0f | %.1f | %.2f | %.2f | %.2f | %.1f %% |%n",
              variants.get(i).name(),
              100 * quality.accuracy(),
              100 * quality.agreement(),
              quality.meanExitLayer(),
              seconds[i],
              quality.rows() / seconds[i],
              (quality.flops() - quality.sharedFlops()) / 1e9 / seconds[i],
              flopRatio,
              timeRatio,
              timeRatio / flopRatio,
              100.0 * quality.sharedFlops() / quality.flops()));
    }
    return table.toString();
  }
}
