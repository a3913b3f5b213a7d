package org.sparkadept.decoder.exit;

import java.util.Arrays;
import java.util.Locale;
import org.sparkadept.decoder.error.AdeptException;

/** When tokens other than the class token exit, by the names that users write. */
public enum TokenExitKind {
  /** By the token policy of {@code adept.json}, if it has one and that is enabled. */
  MODEL,
  /** Never. */
  NONE,
  /** By the token policy of {@code adept.json}, enabled or not. */
  FITTED,
  /** As {@link #FITTED}, with copies of their states in place of the hidden state mapper. */
  COPY;

  /**
   * @param name a kind's name, in any case
   * @throws AdeptException if there is no such kind
   */
  public static TokenExitKind parse(String name) {
    for (TokenExitKind kind : values()) {
      if (kind.name().equalsIgnoreCase(name)) {
        return kind;
      }
    }
    throw new AdeptException(
        "There is no token exit '" + name + "'; known are " + Arrays.toString(values()) + ".");
  }

  /** The name that users write. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
