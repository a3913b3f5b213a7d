package org.sparkadept.gpu.kernel;

/**
 * Layout of the int buffer that is copied to the device with every launch. Kernels read all sizes
 * from it, so a task graph is compiled once for all batches and layers.
 *
 * <p>It begins with numbers of the launch itself. Then come sections of {@value #SECTION_SIZE}
 * ints, one for each task that has parameters of its own, and from {@link #ROW_TABLE} on the rows.
 */
public final class LaunchParameters {
  /** Number of rows. */
  public static final int ROWS = 0;

  /** Number of selected tokens of these rows. */
  public static final int TOKENS = 1;

  /** The selection of tokens: a constant of {@link Compaction}. */
  public static final int SELECTION = 2;

  /** The exit layer of {@link Compaction#EXITED}, or the one after which tokens exit now. */
  public static final int EXIT_LAYER = 3;

  /** Number of the launch, for {@link ControlKernels#markComplete}. */
  public static final int LAUNCH_NUMBER = 4;

  private static final int FIRST_SECTION = LAUNCH_NUMBER + 1;

  /** Ints of a section. */
  public static final int SECTION_SIZE = 10;

  /** Largest number of sections. */
  public static final int MAX_SECTIONS = 12;

  /** Largest number of rows of a launch. */
  public static final int MAX_ROWS = 4096;

  /**
   * Offset of the rows, {@code [4, MAX_ROWS]}: the slot of the row's first token, the first
   * position, one more than the last position, and the index of the first packed token.
   */
  public static final int ROW_TABLE = FIRST_SECTION + MAX_SECTIONS * SECTION_SIZE;

  /** Ints of the buffer. */
  public static final int SIZE = ROW_TABLE + 4 * MAX_ROWS;

  private LaunchParameters() {}

  /** Offset of a section. */
  public static int section(int number) {
    return FIRST_SECTION + number * SECTION_SIZE;
  }
}
