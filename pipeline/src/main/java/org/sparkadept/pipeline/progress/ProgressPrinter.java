package org.sparkadept.pipeline.progress;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Prints the progress of a run: on a terminal one line that is rewritten twice a second, else a
 * line every ten seconds.
 */
public final class ProgressPrinter {
  private static final long REWRITE_MILLIS = 500;
  private static final long LINE_MILLIS = 10_000;
  private static final String CLEAR_LINE = "\r\u001b[K";

  /**
   * How far a run is.
   *
   * @param rows rows scored so far, those of running tasks included
   * @param tasksDone tasks that have ended well
   * @param tasks tasks of all stages begun so far
   */
  record Progress(long rows, int tasksDone, int tasks) {}

  private final PrintWriter out;
  private final Terminal terminal;
  private final boolean quiet;
  private ScheduledExecutorService timer;
  private Supplier<Progress> source;
  private long start;

  /**
   * @param out usually standard error
   * @param quiet whether to print nothing at all
   */
  public ProgressPrinter(PrintWriter out, Terminal terminal, boolean quiet) {
    this.out = out;
    this.terminal = terminal;
    this.quiet = quiet;
  }

  /**
   * Begins to print.
   *
   * @param progress called from another thread, each time a line is printed
   */
  void start(Supplier<Progress> progress) {
    if (quiet) {
      return;
    }
    source = progress;
    start = System.nanoTime();
    timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "adept-progress");
              thread.setDaemon(true);
              return thread;
            });
    long period = terminal.interactive() ? REWRITE_MILLIS : LINE_MILLIS;
    timer.scheduleAtFixedRate(this::print, period, period, TimeUnit.MILLISECONDS);
  }

  /** Stops printing, and clears the line that was rewritten. */
  void stop() {
    if (timer == null) {
      return;
    }
    timer.shutdownNow();
    synchronized (this) {
      if (terminal.interactive()) {
        out.print(CLEAR_LINE);
        out.flush();
      }
      timer = null;
    }
  }

  /** Begins a step of the run: prints a line that stays, and restarts the clock. */
  public synchronized void step(String line) {
    if (!quiet) {
      start = System.nanoTime();
      out.println((terminal.interactive() ? CLEAR_LINE : "") + line);
      out.flush();
    }
  }

  private synchronized void print() {
    if (timer == null) {
      return;
    }
    Progress progress = source.get();
    if (progress.tasks() == 0) {
      return; // The step has no tasks on the cluster, or none yet.
    }
    String line = line(progress, (System.nanoTime() - start) / 1e9);
    if (terminal.interactive()) {
      out.print(CLEAR_LINE + line);
    } else {
      out.println(line);
    }
    out.flush();
  }

  /**
   * The line for a state of the run, {@code seconds} after the run or its latest step began;
   * without rows until some are known.
   */
  static String line(Progress progress, double seconds) {
    String rows =
        progress.rows() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "%,d rows · %,.0f rows/s · ",
                progress.rows(),
                progress.rows() / Math.max(seconds, 1e-3));
    return String.format(
        Locale.ROOT,
        "adept: %s%d/%d tasks · %s",
        rows,
        progress.tasksDone(),
        progress.tasks(),
        elapsed((long) seconds));
  }

  private static String elapsed(long seconds) {
    return seconds < 3600
        ? String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60)
        : String.format(
            Locale.ROOT, "%d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60);
  }
}
