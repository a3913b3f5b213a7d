package org.sparkadept.gpu.kernel;

/**
 * Layout of the int buffer that goes up with every launch. Kernels read every size from it, so that
 * a task graph is compiled once, whatever the batch and the layer.
 *
 * <p>First come the launch's own numbers, then sections of {@value #SECTION} ints, one for each
 * task that needs some, and from {@link #ROWS_AT} on the rows.
 */
public final class Call {
  /** How many rows the launch names. */
  public static final int ROWS = 0;

  /** How many tokens of these rows take part. */
  public static final int TOKENS = 1;

  /** Which of their tokens: a number of {@link TokenLists}. */
  public static final int WHICH = 2;

  /** The exit layer meant by {@link TokenLists#LEFT}, or the one that tokens leave after now. */
  public static final int EXIT = 3;

  /** Number of the launch, for {@link Receipts}. */
  public static final int TICKET = 4;

  private static final int SECTIONS_AT = TICKET + 1;

  /** Ints of a section. */
  public static final int SECTION = 10;

  /** Most sections. */
  public static final int SECTIONS = 12;

  /** Where the rows begin: first token of each, then tokens of each, then its place in the list. */
  public static final int ROWS_AT = SECTIONS_AT + SECTIONS * SECTION;

  /** Most rows of a launch. */
  public static final int MOST_ROWS = 4096;

  /** Ints of the buffer. */
  public static final int SIZE = ROWS_AT + 3 * MOST_ROWS;

  private Call() {}

  /** Where a section begins. */
  public static int section(int number) {
    return SECTIONS_AT + number * SECTION;
  }
}
