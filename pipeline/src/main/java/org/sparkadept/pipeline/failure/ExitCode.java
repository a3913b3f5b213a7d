package org.sparkadept.pipeline.failure;

/** The exit codes, for schedulers. */
public final class ExitCode {
  /** All is done. */
  public static final int OK = 0;

  /** The job failed for a reason that may pass: lost machines, memory, a bug. */
  public static final int JOB_FAILED = 1;

  /** The command line is wrong. */
  public static final int USAGE = 2;

  /** Model, input, configuration or machine cannot be used as they are. */
  public static final int UNUSABLE = 3;

  /** A row could not be scored, in a run with {@code --on-error failfast}. */
  public static final int ROW_FAILED = 4;

  /**
   * The output exists or is in use by another job, a file beside it cannot be written, or a disk is
   * full.
   */
  public static final int OUTPUT = 5;

  /** What the help says of them. */
  public static final String HELP =
      "%nExit codes:%n"
          + "  0  success%n"
          + "  1  the job failed, perhaps for a temporary reason (lost machine, memory)%n"
          + "  2  the command line is wrong%n"
          + "  3  model, input, configuration or machine cannot be used%n"
          + "  4  a row could not be scored, with --on-error failfast%n"
          + "  5  the output exists, is in use or cannot be written, or a disk is full";

  private ExitCode() {}
}
