package org.sparkadept.training;

import java.io.PrintWriter;
import java.util.Locale;
import org.sparkadept.training.optimize.Trainer;

/** Prints one line for so many steps: mean losses, speed, time to go. */
final class ProgressLog {
  private static final int STEPS_PER_LINE = 50;

  private final PrintWriter out;
  private double[] exitLosses = new double[0];
  private double languageLoss;
  private double seconds;
  private long tokens;
  private int steps;

  ProgressLog(PrintWriter out) {
    this.out = out;
  }

  /** Takes a step in; {@code epochs} are the passes over the rows so far. */
  void add(Trainer.Report report, double epochs) {
    if (steps == 0) {
      exitLosses = new double[report.exitLosses().length];
    }
    for (int exit = 0; exit < exitLosses.length; exit++) {
      exitLosses[exit] += report.exitLosses()[exit];
    }
    languageLoss += report.languageLoss();
    seconds += report.seconds();
    tokens += report.tokens();
    if (++steps == STEPS_PER_LINE) {
      print(
          "step %d, epoch %.2f, progress %.3f, loss of exits 1, %d, %d: %.3f %.3f %.3f,"
              + " next token %.3f, gradient norm %.2f, %.0f tokens/s, %.0f s to go",
          report.step(),
          epochs,
          report.progress(),
          exitLosses.length / 2 + 1,
          exitLosses.length,
          exitLosses[0] / steps,
          exitLosses[exitLosses.length / 2] / steps,
          exitLosses[exitLosses.length - 1] / steps,
          languageLoss / steps,
          report.gradientNorm(),
          tokens / seconds,
          report.remainingSeconds());
      languageLoss = 0;
      seconds = 0;
      tokens = 0;
      steps = 0;
    }
  }

  void print(String format, Object... values) {
    out.println(String.format(Locale.ROOT, format, values));
    out.flush();
  }
}
