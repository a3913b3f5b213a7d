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
   * @param nanos time of each
   */
  static String of(
      String title, List<SpeedVariant> variants, List<SpeedQuality> qualities, long[] nanos) {
    StringBuilder table = new StringBuilder();
    table.append('\n').append(title).append("\n\n");
    table.append(
        "| | accuracy | agreement | mean exit | time s | rows/s | GFLOP/s | FLOP ratio"
            + " | time ratio | time / FLOP ratio | FLOPs shared |\n");
    table.append("|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (int i = 0; i < nanos.length; i++) {
      SpeedQuality quality = qualities.get(i);
      double flopRatio = (double) qualities.get(0).flops() / quality.flops();
      double timeRatio = (double) nanos[0] / nanos[i];
      table.append(
          String.format(
              Locale.ROOT,
              "| %s | %.2f %% | %.2f %% | %.2f | %.3f | %,.0f | %.1f | %.2f | %.2f | %.2f | %.1f %% |%n",
              variants.get(i).name(),
              100 * quality.accuracy(),
              100 * quality.agreement(),
              quality.meanExitLayer(),
              nanos[i] / 1e9,
              quality.rows() * 1e9 / nanos[i],
              (double) (quality.flops() - quality.sharedFlops()) / nanos[i],
              flopRatio,
              timeRatio,
              timeRatio / flopRatio,
              100.0 * quality.sharedFlops() / quality.flops()));
    }
    return table.toString();
  }
}
