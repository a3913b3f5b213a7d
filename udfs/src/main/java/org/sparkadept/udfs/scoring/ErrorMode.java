package org.sparkadept.udfs.scoring;

import java.util.Locale;
import org.sparkadept.decoder.error.AdeptException;

/** What happens to a row that cannot be scored. */
public enum ErrorMode {
  /** The row is kept and tells its error. */
  PERMISSIVE,
  /** The first such row fails the job. */
  FAILFAST;

  /**
   * @param name the mode's name in any case
   * @throws AdeptException if there is no such mode
   */
  public static ErrorMode parse(String name) {
    for (ErrorMode mode : values()) {
      if (mode.name().equalsIgnoreCase(name)) {
        return mode;
      }
    }
    throw new AdeptException(
        "'"
            + name
            + "' is no error mode; there are permissive (rows keep their error) and failfast.");
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
