package org.sparkadept.decoder.exit;

import java.io.Serializable;
import java.util.List;
import org.sparkadept.decoder.error.AdeptException;

/**
 * When rows and tokens leave the network early.
 *
 * @param policy exit policy of rows: {@code model} (what {@code adept.json} says; full depth
 *     without one), {@code none} (full depth), {@code adept}, {@code confidence}, {@code entropy}
 *     or {@code patience}
 * @param threshold exit threshold τ of the policy in (0, 1], larger is stricter; NaN means what
 *     {@code adept.json} says
 * @param classTokenFirst whether the class token runs an exit layer before the other tokens of its
 *     row, which then run it only where the row goes on; changes no answer
 * @param tokenExit what becomes of tokens other than the class token: {@code model} (they leave
 *     where the token policy of {@code adept.json} says, if it has one and that is enabled), {@code
 *     none} (they stay), {@code fitted} (they leave by that policy, enabled or not) or {@code copy}
 *     (as {@code fitted}, but with plain copies of their states in place of the fitted hidden state
 *     mapper); without effect where the policy is {@code none}
 * @param mergeSurvivors whether rows that go on are packed together anew, so that deep layers run
 *     on full micro-batches, too; changes no answer
 */
public record ExitOptions(
    String policy,
    float threshold,
    boolean classTokenFirst,
    String tokenExit,
    boolean mergeSurvivors)
    implements Serializable {

  private static final long serialVersionUID = 1L;
  private static final List<String> TOKEN_EXITS = List.of("model", "none", "fitted", "copy");

  /**
   * @throws AdeptException if a value is out of its range
   */
  public ExitOptions {
    if (!Float.isNaN(threshold) && !(threshold > 0 && threshold <= 1)) {
      throw new AdeptException("threshold must lie in (0, 1], but is " + threshold + ".");
    }
    if (!TOKEN_EXITS.contains(tokenExit)) {
      throw new AdeptException(
          "There is no token exit '" + tokenExit + "'; known are " + TOKEN_EXITS + ".");
    }
  }

  /** What a user gets who says nothing. */
  public static ExitOptions defaults() {
    return new ExitOptions("model", Float.NaN, true, "model", true);
  }

  /** The same with another exit policy and threshold; NaN keeps the model's threshold. */
  public ExitOptions withPolicy(String kind, float tau) {
    return new ExitOptions(kind, tau, classTokenFirst, tokenExit, mergeSurvivors);
  }

  /** The same with the class token first, or all tokens together. */
  public ExitOptions withClassTokenFirst(boolean value) {
    return new ExitOptions(policy, threshold, value, tokenExit, mergeSurvivors);
  }

  /** The same with another token exit. */
  public ExitOptions withTokenExit(String value) {
    return new ExitOptions(policy, threshold, classTokenFirst, value, mergeSurvivors);
  }

  /** The same with survivors merged, or each micro-batch on its own to the end. */
  public ExitOptions withMergeSurvivors(boolean value) {
    return new ExitOptions(policy, threshold, classTokenFirst, tokenExit, value);
  }
}
