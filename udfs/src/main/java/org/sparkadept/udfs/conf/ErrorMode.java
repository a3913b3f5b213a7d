package org.sparkadept.udfs.conf;

import java.util.Locale;

/** What happens to a row that cannot be scored. */
public enum ErrorMode {
  /** The row is kept, with its error. */
  PERMISSIVE,
  /** The first such row fails the job. */
  FAILFAST;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
