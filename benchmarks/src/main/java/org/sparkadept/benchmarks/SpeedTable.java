package org.sparkadept.benchmarks;

import java.util.List;
import java.util.Locale;

/** The table of the speed benchmark: Markdown, so that it can stand in a document as it is. */
final class SpeedTable {
  private SpeedTable() {}

  /**
   * @param title stands above
   * @param variants full depth first, which the ratios are over
   * @param qualities of each
   * @param seconds time of each
   */
  static String of(
      String title, List<SpeedVariant> variants, List<SpeedQuality> qualities, double[] seconds) {
    StringBuilder table = new StringBuilder();
    table.append('\n').append(title).append("\n\n");
    table.append(
        "| | accuracy | agreement | mean exit | time s | rows/s | GFLOP/s | FLOP ratio"
            + " | time ratio | time / FLOP ratio | FLOPs shared |\n");
    table.append("|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < seconds.length; i++) {
      SpeedQuality quality = qualities.get(i);
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
