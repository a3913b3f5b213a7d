package org.sparkadept.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.exit.ExitOptions;

/**
 * One way to run a model.
 *
 * @param name told in the table
 * @param exit its exit settings
 */
record SpeedVariant(String name, ExitOptions exit) {
  /** What all others are compared with: full depth, the last layer for the class token alone. */
  static SpeedVariant fullDepth() {
    return new SpeedVariant("full depth (policy none)", options("none", Float.NaN));
  }

  /**
   * @param asked the exit settings that were asked for
   * @param ablations whether each of the engine's parts is left out once, too
   * @param tokenPolicy whether the model has a token policy, without which all tokens stay
   */
  static List<SpeedVariant> of(ExitOptions asked, boolean ablations, boolean tokenPolicy) {
    List<SpeedVariant> variants = new ArrayList<>();
    String threshold = Float.isNaN(asked.threshold()) ? "" : ", threshold " + asked.threshold();
    variants.add(new SpeedVariant("policy " + asked.policy() + threshold, asked));
    if (!ablations) {
      return variants;
    }
    if (tokenPolicy && !asked.tokenExit().equals("none")) {
      variants.add(new SpeedVariant("- tokens stay", asked.withTokenExit("none")));
    }
    if (tokenPolicy && asked.tokenExit().equals("model")) {
      variants.add(new SpeedVariant("- tokens leave as plain copies", asked.withTokenExit("copy")));
    }
    if (asked.classTokenFirst()) {
      variants.add(new SpeedVariant("- class token not first", asked.withClassTokenFirst(false)));
    }
    if (asked.mergeSurvivors()) {
      variants.add(new SpeedVariant("- survivors not merged", asked.withMergeSurvivors(false)));
    }
    ExitOptions bare =
        asked.withTokenExit("none").withClassTokenFirst(false).withMergeSurvivors(false);
    variants.add(new SpeedVariant("- none of these", bare));
    return variants;
  }

  private static ExitOptions options(String policy, float threshold) {
    return ExitOptions.defaults().withPolicy(policy, threshold);
  }
}
