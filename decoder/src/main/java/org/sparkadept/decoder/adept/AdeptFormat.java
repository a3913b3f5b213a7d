package org.sparkadept.decoder.adept;

import org.sparkadept.decoder.exit.AdeptPolicy;

/**
 * The ADEPT format: what makes a checkpoint exit early, in two files beside it. This class is the
 * only one that spells names of files, keys and tensors.
 *
 * <p>{@code adept.json} names the labels and, with {@code problem_type} {@code multi_label}, a
 * threshold for each ({@code label_thresholds}); the exit layers, the exit policy and the token
 * policy, and hashes the files that they were fitted on. The last exit layer is the reference: full
 * depth ends there, and layers above it are not loaded. {@code head_inputs} says what the head of
 * an exit layer reads, where that is not the class token alone. With {@code exit_ensemble} an
 * exit's logits are the mean of those of all heads up to there ({@link
 * org.sparkadept.decoder.exit.LogitMean}). {@code checkpoint_layers} is the number of layers of the
 * checkpoint that the backbone was cut from, where that has more than are left. {@code tuned_split}
 * says how the rows were split that the backbone was tuned on: those for calibration were not seen.
 * {@code abstention} has the least score, {@code min_score}, of an answer; rows below it are left
 * without a label. {@code prompt} says what rows are written in: a {@code template} and, where
 * there is one, the name of a {@code chat} format. {@code adept.safetensors} has the tensors:
 *
 * <ul>
 *   <li>exit heads: {@code exit.E.weight} [labels, inputs] and {@code exit.E.bias} [labels] for
 *       each exit layer E, with as many inputs as a head of its kind reads: width, or twice that.
 *       Where the reference has none, it is the checkpoint's last layer, and its head the
 *       checkpoint's own classification head;
 *   <li>the policy {@code adept}, at each exit layer but the last: {@code policy.E.log_odds} [4],
 *       {@code policy.E.bias} [1] and, where it reads the state, {@code policy.E.state} [inputs of
 *       the head]. Version 1 weighed probabilities instead of log-odds, {@code policy.E.readout}
 *       [4];
 *   <li>the token policy, at each of its layers: {@code token.E.weight} [6], {@code token.E.bias}
 *       [1];
 *   <li>the hidden state mapper, for each of these and each layer L above it, as what is added to
 *       the copied state's own matrix: {@code mapper.E.L.up} [2·keyWidth, rank] and {@code
 *       mapper.E.L.down} [rank, width], or their product {@code mapper.E.L.delta} [2·keyWidth,
 *       width] where that is smaller, in BF16; and the constant {@code mapper.E.L.bias}
 *       [2·keyWidth], which takes the place of the copy's. None of them where the state is copied.
 *       Version 1 had the whole matrix in one, {@code mapper.E.L.weight} [2·keyWidth, width].
 * </ul>
 *
 * <p>Layers count from 1, as in all files and messages.
 */
public final class AdeptFormat {
  /** Settings and figures. */
  public static final String JSON_FILE = "adept.json";

  /** Exit heads, policies and mapper. */
  public static final String TENSOR_FILE = "adept.safetensors";

  /** The newest version; those from 1 on are read. */
  public static final int VERSION = 3;

  /**
   * The version of a file without a prompt and with one label a row, which earlier releases read.
   */
  static final int EARLIER_VERSION = 2;

  static final String FORMAT_VERSION = "format_version";
  static final String LABELS = "labels";
  static final String PROBLEM_TYPE = "problem_type";
  static final String SINGLE_LABEL = "single_label";
  static final String MULTI_LABEL = "multi_label";
  static final String LABEL_THRESHOLDS = "label_thresholds";
  static final String EXIT_LAYERS = "exit_layers";
  static final String HEAD_INPUTS = "head_inputs";
  static final String EXIT_ENSEMBLE = "exit_ensemble";
  static final String CHECKPOINT_LAYERS = "checkpoint_layers";
  static final String TUNED_SPLIT = "tuned_split";
  static final String COLUMN = "column";
  static final String SEED = "seed";
  static final String TRAIN_RATIO = "train_ratio";
  static final String VALIDATION_RATIO = "validation_ratio";
  static final String PROMPT = "prompt";
  static final String TEMPLATE = "template";
  static final String CHAT = "chat";
  static final String POLICY = "policy";
  static final String KIND = "kind";
  static final String THRESHOLD = "threshold";
  static final String TOKEN_POLICY = "token_policy";
  static final String ENABLED = "enabled";
  static final String FITTED_ON = "fitted_on";
  static final String CALIBRATION = "calibration";
  static final String ABSTENTION = "abstention";
  static final String MIN_SCORE = "min_score";

  private AdeptFormat() {}

  /** Weight of an exit head, {@code [labels, inputs]}. */
  public static String headWeight(int exitLayer) {
    return "exit." + exitLayer + ".weight";
  }

  /** Bias of an exit head, {@code [labels]}. */
  public static String headBias(int exitLayer) {
    return "exit." + exitLayer + ".bias";
  }

  static String policyState(int exitLayer) {
    return "policy." + exitLayer + ".state";
  }

  static String policyFeatures(int exitLayer, AdeptPolicy.Features features) {
    return "policy."
        + exitLayer
        + (features == AdeptPolicy.Features.LOG_ODDS ? ".log_odds" : ".readout");
  }

  static String policyBias(int exitLayer) {
    return "policy." + exitLayer + ".bias";
  }

  static String tokenWeight(int exitLayer) {
    return "token." + exitLayer + ".weight";
  }

  static String tokenBias(int exitLayer) {
    return "token." + exitLayer + ".bias";
  }

  static String mapperWeight(int exitLayer, int layer) {
    return "mapper." + exitLayer + "." + layer + ".weight";
  }

  static String mapperUp(int exitLayer, int layer) {
    return "mapper." + exitLayer + "." + layer + ".up";
  }

  static String mapperDown(int exitLayer, int layer) {
    return "mapper." + exitLayer + "." + layer + ".down";
  }

  static String mapperDelta(int exitLayer, int layer) {
    return "mapper." + exitLayer + "." + layer + ".delta";
  }

  static String mapperBias(int exitLayer, int layer) {
    return "mapper." + exitLayer + "." + layer + ".bias";
  }
}
