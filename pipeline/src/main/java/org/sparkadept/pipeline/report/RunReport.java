package org.sparkadept.pipeline.report;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.Map;
import org.sparkadept.pipeline.job.JobResult;
import org.sparkadept.udfs.metrics.ScoringTime;
import org.sparkadept.udfs.metrics.ScoringTotals;

/** The table at the end of a run. */
public final class RunReport {
  private static final int BAR_COLUMNS = 30;

  private RunReport() {}

  /** Prints what a run that ended well has done. */
  public static void print(JobResult result, PrintWriter out) {
    if (result.skipped()) {
      out.println("adept: " + result.output() + " exists and was left as it is (--mode ignore).");
      return;
    }
    ScoringTotals totals = result.totals();
    out.println();
    line(out, "rows", count(totals.rows()));
    if (result.taken() > 0) {
      line(out, "taken over", count(result.taken()) + "  answers of earlier runs");
    }
    line(out, "NULL", count(result.nulls()));
    line(out, "errors", count(totals.errors()));
    for (String example : totals.errorExamples()) {
      out.println("               e.g. " + example);
    }
    line(out, "truncated", count(totals.truncated()));
    line(out, "tokens", count(totals.tokens()));
    line(
        out,
        "time",
        String.format(
            Locale.ROOT,
            result.rowsPerSecond() < 10 ? "%,12.1f s  %,.2f rows/s" : "%,12.1f s  %,.0f rows/s",
            result.seconds(),
            result.rowsPerSecond()));
    if (totals.scored() > 0) {
      exitLayers(totals, out);
      line(
          out,
          "compute saved",
          String.format(Locale.ROOT, "%12.1f %%  by early exits", 100 * totals.computeSaved()));
    }
    time(totals.time(), out);
    out.flush();
  }

  private static void exitLayers(ScoringTotals totals, PrintWriter out) {
    out.println();
    out.println("  exit layer            rows   share");
    for (Map.Entry<Integer, Long> exit : totals.rowsPerExitLayer().entrySet()) {
      double share = (double) exit.getValue() / totals.scored();
      out.printf(
          Locale.ROOT,
          "  %10d  %,14d  %5.1f %% %s%n",
          exit.getKey(),
          exit.getValue(),
          100 * share,
          bar(share));
    }
    out.println();
  }

  private static void time(ScoringTime time, PrintWriter out) {
    if (time.task() <= 0) {
      return;
    }
    line(
        out,
        "task time",
        String.format(
            Locale.ROOT,
            "%12.1f s  compute %s, tokenizer %s, rest of the decoder %s, model load %s,"
                + " Spark and Arrow %s",
            time.task() / 1e9,
            percent(time.compute(), time.task()),
            percent(time.tokenizer(), time.task()),
            percent(time.decoder() - time.compute() - time.tokenizer(), time.task()),
            percent(time.load(), time.task()),
            percent(time.outsideDecoder(), time.task())));
  }

  private static void line(PrintWriter out, String name, String value) {
    out.printf(Locale.ROOT, "  %-14s%s%n", name, value);
  }

  private static String count(long value) {
    return String.format(Locale.ROOT, "%,12d", value);
  }

  private static String percent(long part, long whole) {
    return String.format(Locale.ROOT, "%.1f %%", 100.0 * Math.max(0, part) / whole);
  }

  private static String bar(double share) {
    return "█".repeat((int) Math.max(1, Math.round(share * BAR_COLUMNS)));
  }
}
