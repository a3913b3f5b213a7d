package org.sparkadept.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.exit.TokenExitKind;

/**
 * One way to run a model.
 *
 * @param name its name in the table
 * @param options its options
 */
record SpeedVariant(String name, ClassifierOptions options) {
  /** The baseline: full depth, the last layer for the class token alone. */
  static SpeedVariant fullDepth() {
    return new SpeedVariant("full depth (policy none)", ClassifierOptions.defaults().atFullDepth());
  }

  /**
   * @param options the options to measure
   * @param ablations whether to measure them without each part of the engine, too
   * @param tokenPolicy whether the model has a token policy, without which no token exits
   */
  static List<SpeedVariant> of(ClassifierOptions options, boolean ablations, boolean tokenPolicy) {
    List<SpeedVariant> variants = new ArrayList<>();
    String threshold = Float.isNaN(options.threshold()) ? "" : ", threshold " + options.threshold();
    variants.add(new SpeedVariant("policy " + options.policy() + threshold, options));
    if (!ablations) {
      return variants;
    }
    ClassifierOptions staying = options.withTokenExit(TokenExitKind.NONE);
    if (tokenPolicy && options.tokenExit() != TokenExitKind.NONE) {
      variants.add(new SpeedVariant("- tokens stay", staying));
    }
    if (tokenPolicy && options.tokenExit() == TokenExitKind.MODEL) {
      variants.add(
          new SpeedVariant(
              "- tokens leave as plain copies", options.withTokenExit(TokenExitKind.COPY)));
    }
    if (options.classTokenFirst()) {
      variants.add(new SpeedVariant("- class token not first", options.withClassTokenFirst(false)));
    }
    if (options.mergeSurvivors()) {
      variants.add(new SpeedVariant("- survivors not merged", options.withMergeSurvivors(false)));
    }
    variants.add(
        new SpeedVariant(
            "- none of these", staying.withClassTokenFirst(false).withMergeSurvivors(false)));
    return variants;
  }
}
