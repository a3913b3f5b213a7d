package org.sparkadept.benchmarks.pytorch;

import java.util.Locale;
import java.util.Map;
import org.sparkadept.benchmarks.measure.Rounds.Spread;
import org.sparkadept.benchmarks.pytorch.Results.Measurement;

/** The tables on the terminal, in Markdown. */
final class ResultText {
  private static final double GIGA = 1e9;

  private ResultText() {}

  /** The roofs, a line each. */
  static String of(Roofs roofs) {
    StringBuilder text = new StringBuilder("\n| roof | |\n|---|---|\n");
    text.append(line("| memory, a copy | %,.1f GB/s |", roofs.bytesPerSecond() / GIGA));
    for (Map.Entry<String, Roofs.Product> entry : roofs.products().entrySet()) {
      Roofs.Product product = entry.getValue();
      text.append(
          line(
              "| matrix product in %s, %,d × %,d | %,.1f GFLOP/s |",
              entry.getKey().toUpperCase(Locale.ROOT),
              product.size(),
              product.size(),
              product.flopsPerSecond() / GIGA));
    }
    return text.toString();
  }

  /** One model in one precision. */
  static String of(Results results) {
    StringBuilder text = new StringBuilder();
    text.append(
        line(
            "%n%s, %s: %,d rows, %,d tokens; %s; PyTorch's batches have up to %,d tokens, %.1f %%"
                + " padding%n",
            results.model(),
            results.precision(),
            results.rows(),
            results.tokens(),
            results.exits(),
            results.batchTokens(),
            100 * results.padding()));
    text.append("| | rows/s | × PyTorch | in the rounds | aim | mean exit | GFLOP/s | FLOP/byte |");
    text.append(" of the roof | logits' difference |\n");
    text.append("|---|---|---|---|---|---|---|---|---|---|\n");
    results.measurements().forEach(measurement -> text.append(line(measurement)));
    return text.toString();
  }

  private static String line(Measurement measurement) {
    Spread speedup = measurement.speedup();
    return line(
        "| %s | %,.0f | %.2f | %.2f to %.2f | %s | %.2f | %,.1f | %.1f | %.1f %% of %s | %s |",
        measurement.contestant(),
        measurement.rowsPerSecond().median(),
        speedup.median(),
        speedup.least(),
        speedup.most(),
        aim(measurement),
        measurement.meanExitLayer(),
        measurement.flopsPerSecond() / GIGA,
        measurement.intensity(),
        100 * measurement.ofRoof(),
        measurement.format().toUpperCase(Locale.ROOT),
        difference(measurement.agreement().difference()));
  }

  private static String aim(Measurement measurement) {
    if (measurement.aim() == 0) {
      return "";
    }
    boolean met = measurement.speedup().median() >= measurement.aim();
    return String.format(Locale.ROOT, "%.1f, %s", measurement.aim(), met ? "met" : "missed");
  }

  /** PyTorch in single precision is what all are compared with. */
  private static String difference(double difference) {
    return difference == 0 ? "reference" : String.format(Locale.ROOT, "%.1e", difference);
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values) + "\n";
  }
}
