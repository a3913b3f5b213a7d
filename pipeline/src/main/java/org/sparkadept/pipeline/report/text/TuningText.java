package org.sparkadept.pipeline.report.text;

import static org.sparkadept.pipeline.report.text.TerminalPrinter.percent;

import java.io.PrintWriter;
import java.util.List;
import org.sparkadept.pipeline.report.data.Tuning;

/** A tuning in a terminal. */
public final class TuningText {
  private TuningText() {}

  /**
   * Prints a tuning.
   *
   * @param columns width of the terminal
   */
  public static void print(Tuning tuning, int columns, PrintWriter out) {
    TerminalPrinter printer = new TerminalPrinter(out, columns);
    List<Integer> exits = tuning.exitLayers();
    printer.space();
    printer.value("tuning", "%.0f s, products in %s", tuning.seconds(), tuning.precision());
    printer.value(
        "rows",
        "%,d for training, %,d for validation",
        tuning.trainRows(),
        tuning.validationRows());
    printer.value("layers", "%d of %d", tuning.reference(), tuning.checkpointLayers());
    printer.value("epoch", "%d of %d is the best", tuning.bestEpoch(), tuning.epochs().size());
    TextTable table = new TextTable("exit layer", "validation " + tuning.measure(), "loss");
    for (int exit = 0; exit < exits.size(); exit++) {
      table.add(
          String.valueOf(exits.get(exit)),
          percent(tuning.best().accuracy().get(exit)),
          Numbers.fixed(tuning.best().loss().get(exit), 4));
    }
    printer.table(table);
  }
}
