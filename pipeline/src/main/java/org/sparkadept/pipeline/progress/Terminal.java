package org.sparkadept.pipeline.progress;

/**
 * The terminal that a run was started from.
 *
 * @param interactive whether standard error is a terminal, whose last line can be rewritten
 * @param columns its width in characters
 */
public record Terminal(boolean interactive, int columns) {
  /**
   * Environment variable, set by {@code bin/adept}: columns of the terminal; absent without one.
   */
  public static final String COLUMNS = "ADEPT_TERMINAL_COLUMNS";

  private static final int DEFAULT_COLUMNS = 100;
  private static final int MIN_COLUMNS = 60;

  /**
   * @param columns what {@value #COLUMNS} says; may be null
   */
  public static Terminal of(String columns) {
    try {
      return new Terminal(true, Math.max(MIN_COLUMNS, Integer.parseInt(String.valueOf(columns))));
    } catch (NumberFormatException e) {
      return new Terminal(false, DEFAULT_COLUMNS);
    }
  }
}
