package org.sparkadept.decoder.exit;

import java.util.Arrays;
import java.util.Locale;
import org.sparkadept.decoder.error.AdeptException;

/** The exit policies of rows, by the names that users write. */
public enum PolicyKind {
  /** What {@code adept.json} says; full depth without one. */
  MODEL,
  /** Full depth: no row exits early. */
  NONE,
  /** The fitted policy, {@link AdeptPolicy}. */
  ADEPT,
  /** A row exits once its most probable label reaches the threshold. */
  CONFIDENCE,
  /** A row exits once the normalized entropy of its labels is at most 1 minus the threshold. */
  ENTROPY,
  /** A row exits once enough exits in a row have given the same label. */
  PATIENCE;

  /**
   * @param name a kind's name, in any case
   * @throws AdeptException if there is no such policy
   */
  public static PolicyKind parse(String name) {
    for (PolicyKind kind : values()) {
      if (kind.name().equalsIgnoreCase(name)) {
        return kind;
      }
    }
    throw new AdeptException(
        "There is no exit policy '" + name + "'; known are " + Arrays.toString(values()) + ".");
  }

  /** The name that users write. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
