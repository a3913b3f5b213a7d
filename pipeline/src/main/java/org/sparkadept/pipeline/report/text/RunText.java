package org.sparkadept.pipeline.report.text;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import org.sparkadept.pipeline.report.data.JobResult;
import org.sparkadept.udfs.metrics.ScoringTime;
import org.sparkadept.udfs.metrics.ScoringTotals;

/** The figures of {@code adept classify} at the end of a run, in a terminal. */
public final class RunText {
  private static final int BAR_COLUMNS = 30;

  private RunText() {}

  /**
   * Prints what a run that ended well has done.
   *
   * @param columns width of the terminal
   */
  public static void print(JobResult result, int columns, PrintWriter out) {
    TerminalPrinter printer = new TerminalPrinter(out, columns);
    if (result.skipped()) {
      printer.line("adept: %s exists and was left as it is (--mode ignore).", result.output());
      return;
    }
    ScoringTotals totals = result.totals();
    printer.space();
    printer.value("rows", "%,12d", totals.rows());
    if (result.reused() > 0) {
      printer.value("reused", "%,12d  results of earlier runs", result.reused());
    }
    printer.value("NULL", "%,12d", result.nulls());
    if (totals.abstained() > 0) {
      printer.value("abstained", "%,12d  score too low for a label", totals.abstained());
    }
    printer.value("errors", "%,12d", totals.errors());
    for (String example : totals.errorExamples()) {
      printer.line("               e.g. %s", example);
    }
    printer.value("truncated", "%,12d", totals.truncated());
    if (totals.chunkedRows() > 0) {
      printer.value("in chunks", "%,12d  %,d chunks", totals.chunkedRows(), totals.chunks());
    }
    printer.value("tokens", "%,12d", totals.tokens());
    printer.value(
        "time",
        result.rowsPerSecond() < 10 ? "%,12.1f s  %,.2f rows/s" : "%,12.1f s  %,.0f rows/s",
        result.seconds(),
        result.rowsPerSecond());
    if (totals.scored() > 0) {
      exitLayers(totals, printer);
      printer.value("compute saved", "%12.1f %%  by early exits", 100 * totals.computeSaved());
    }
    time(result, printer);
    printer.flush();
  }

  private static void exitLayers(ScoringTotals totals, TerminalPrinter printer) {
    printer.space();
    printer.line("  exit layer            rows   share");
    for (Map.Entry<Integer, Long> exit : totals.rowsPerExitLayer().entrySet()) {
      double share = (double) exit.getValue() / totals.scored();
      String bar = "█".repeat((int) Math.max(1, Math.round(share * BAR_COLUMNS)));
      printer.line("  %10d  %,14d  %5.1f %% %s", exit.getKey(), exit.getValue(), 100 * share, bar);
    }
    printer.space();
  }

  private static void time(JobResult result, TerminalPrinter printer) {
    ScoringTime time = result.totals().time();
    if (time.task() <= 0) {
      return;
    }
    printer.value(
        "task time",
        "%12.1f s  compute %s, tokenizer %s, rest of the decoder %s, model load %s,"
            + " Spark and Arrow %s",
        time.task() / 1e9,
        percent(time.compute(), time.task()),
        percent(time.tokenizer(), time.task()),
        percent(time.decoder() - time.compute() - time.tokenizer(), time.task()),
        percent(time.load(), time.task()),
        percent(time.outsideDecoder(), time.task()));
    printer.value(
        "cores",
        "%,12d    without a task %.1f %% of the time",
        result.cores(),
        100 * result.idleShare());
  }

  private static String percent(long part, long whole) {
    return String.format(Locale.ROOT, "%.1f %%", 100.0 * Math.max(0, part) / whole);
  }
}
