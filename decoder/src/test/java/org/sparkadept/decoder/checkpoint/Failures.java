package org.sparkadept.decoder.checkpoint;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.function.Executable;

/** Checks that something fails in words that help. */
public final class Failures {
  private Failures() {}

  /** The call must end in a {@link CheckpointException} whose message has all the fragments. */
  public static CheckpointException assertFails(Executable call, Object... fragments) {
    CheckpointException failure = assertThrows(CheckpointException.class, call);
    for (Object fragment : fragments) {
      assertTrue(
          failure.getMessage().contains(fragment.toString()),
          () -> "«" + fragment + "» is not in: " + failure.getMessage());
    }
    return failure;
  }
}
