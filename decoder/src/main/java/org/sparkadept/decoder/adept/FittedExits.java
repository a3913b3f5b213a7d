package org.sparkadept.decoder.adept;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.exit.AdeptPolicy;
import org.sparkadept.decoder.exit.BaselinePolicies;
import org.sparkadept.decoder.exit.CopyMapper;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.exit.HiddenStateMapper;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.model.NormConfig;
import org.sparkadept.decoder.model.family.ModelFamilies;
import org.sparkadept.decoder.tensor.Matrix;
import org.sparkadept.decoder.tensor.Tensor;

/**
 * Exit heads, policies and hidden state mappers of a model directory, each read and checked when it
 * is first used. What is given out twice is the same object, so that compute backends pack it once.
 * Layers count from 0. Thread-safe; the directory must stay open.
 */
public final class FittedExits {
  private static final String POLICY_ADEPT = "the exit policy 'adept'";
  private static final String BLOCK_TOKEN_POLICY = "\"" + AdeptFormat.TOKEN_POLICY + "\"";

  private final ModelDirectory directory;
  private final AdeptParts parts;
  private final SortedMap<Integer, ExitHead> heads;
  private final HiddenStateMapper copies;
  private final HiddenStateMapper fitted;
  private final CheckedTensors checked;
  private Map<Integer, AdeptPolicy.Weights> policy;
  private SortedMap<Integer, ExitHead> scoredHeads;
  private SortedMap<Integer, TokenPolicy> tokenPolicies;

  /**
   * @param directory the model
   * @param tensors its backbone
   * @throws CheckpointException if an exit head is damaged
   */
  public FittedExits(ModelDirectory directory, ModelTensors tensors) {
    this.directory = directory;
    parts = directory.adept().orElse(null);
    heads = Collections.unmodifiableSortedMap(readHeads(tensors));
    copies = new CopyMapper(tensors);
    checked = parts == null ? null : new CheckedTensors(parts.tensors(), directory.path());
    fitted = new MapperTensors(checked, BLOCK_TOKEN_POLICY, directory.config(), copies);
  }

  /** Least score of an answer, in [0, 1]; 0 where the model says none. */
  public float minScore() {
    return parts == null ? 0 : parts.minScore();
  }

  private SortedMap<Integer, ExitHead> readHeads(ModelTensors tensors) {
    SortedMap<Integer, ExitHead> found = new TreeMap<>();
    if (parts != null) {
      for (int exit : parts.exitLayers()) {
        if (parts.tensors().has(AdeptFormat.headWeight(exit))) {
          Tensor weight = parts.tensors().tensor(AdeptFormat.headWeight(exit));
          float[] bias = parts.tensors().tensor(AdeptFormat.headBias(exit)).readAll();
          LinearTensors linear = new LinearTensors(Matrix.of(weight), bias);
          found.put(
              exit - 1,
              new ExitHead(exit - 1, parts.headInput(exit), ExitHead.Output.LABELS, linear));
        }
      }
    }
    if (tensors.classificationHead() != null && (parts == null || parts.usesOwnHead())) {
      int last = directory.config().layers() - 1;
      found.put(last, ExitHead.ofClassToken(last, tensors.classificationHead()));
    }
    return found;
  }

  /**
   * The exit heads by layer. The last is the reference's: the checkpoint's own classification head,
   * where there is one and no other was fitted.
   *
   * @throws AdeptException if there is no exit head at all
   */
  public SortedMap<Integer, ExitHead> heads() {
    if (heads.isEmpty()) {
      boolean layered = directory.checkpoint().tensors().has(ModelFamilies.HEAD_LAYER);
      throw new AdeptException(
          directory.path()
              + (layered
                  ? " has a classification head with a layer of its own ("
                      + ModelFamilies.HEAD_LAYER
                      + "), which is not computed, and no adept.json."
                  : " is a language model without a classification head: it has neither"
                      + " 'score.weight' nor 'classifier.weight' nor adept.json.")
              + " Give a checkpoint of the kind …ForSequenceClassification"
              + (layered ? " without such a layer" : "")
              + ", or one that exit heads were fitted for.");
    }
    return heads;
  }

  /** Whether the logits of an exit are the mean of those of all heads up to there. */
  public boolean ensemble() {
    return parts != null && parts.ensemble();
  }

  /**
   * The exit heads for a policy: with one output more, behind the logits, where the policy weighs
   * the state.
   *
   * @throws AdeptException if there is no exit head at all
   */
  public synchronized SortedMap<Integer, ExitHead> heads(ExitPolicy exitPolicy) {
    if (!(exitPolicy instanceof AdeptPolicy)) {
      return heads();
    }
    if (scoredHeads == null) {
      SortedMap<Integer, ExitHead> scored = new TreeMap<>(heads());
      scored.replaceAll((layer, head) -> withOutput(head, exitPolicy.stateWeights(layer)));
      scoredHeads = Collections.unmodifiableSortedMap(scored);
    }
    return scoredHeads;
  }

  private static ExitHead withOutput(ExitHead head, float[] row) {
    if (row == null) {
      return head;
    }
    Matrix matrix = head.weights().weight();
    int outputs = matrix.rows();
    float[] weight = new float[(outputs + 1) * matrix.cols()];
    matrix.read(0, outputs, weight, 0);
    System.arraycopy(row, 0, weight, outputs * matrix.cols(), row.length);
    float[] bias = new float[outputs + 1];
    if (head.weights().bias() != null) {
      System.arraycopy(head.weights().bias(), 0, bias, 0, outputs);
    }
    Matrix longer = Matrix.of(matrix.name(), outputs + 1, matrix.cols(), weight);
    return new ExitHead(head.layer(), head.input(), head.output(), new LinearTensors(longer, bias));
  }

  /**
   * The exit policy of rows.
   *
   * @param requested what was requested
   * @param threshold τ in (0, 1]; NaN for the model's own
   * @throws AdeptException if the policy needs what the directory does not have
   */
  public ExitPolicy policy(PolicyKind requested, float threshold) {
    PolicyKind kind = requested;
    if (kind == PolicyKind.MODEL) {
      kind = parts == null ? PolicyKind.NONE : parts.policy();
    }
    if (kind == PolicyKind.NONE) {
      return BaselinePolicies.FULL_DEPTH;
    }
    if (parts == null) {
      throw new AdeptException(
          "The exit policy '"
              + kind
              + "' needs exit heads, but "
              + directory.path()
              + " has no adept.json; leave the policy out to classify at full depth.");
    }
    float tau = threshold(kind, threshold);
    return kind == PolicyKind.ADEPT
        ? new AdeptPolicy(policyWeights(), tau)
        : BaselinePolicies.of(kind, tau, parts.exitLayers().length);
  }

  /** What was requested; else the model's own, which is of use to its own kind of policy only. */
  private float threshold(PolicyKind kind, float requested) {
    if (!Float.isNaN(requested)) {
      return requested;
    }
    if (parts.policy() != kind || Float.isNaN(parts.threshold())) {
      throw new AdeptException(
          "The exit policy '"
              + kind
              + "' needs a threshold, and "
              + directory.path()
              + "/adept.json has none for it (its policy is '"
              + parts.policy()
              + "'); give one in (0, 1].");
    }
    return parts.threshold();
  }

  private synchronized Map<Integer, AdeptPolicy.Weights> policyWeights() {
    if (policy == null) {
      Map<Integer, AdeptPolicy.Weights> weights = new HashMap<>();
      int last = heads.lastKey() + 1;
      for (int exit : parts.exitLayers()) {
        if (exit < last) {
          weights.put(exit - 1, policyWeights(exit));
        }
      }
      policy = weights;
    }
    return policy;
  }

  private AdeptPolicy.Weights policyWeights(int exit) {
    AdeptPolicy.Features features = AdeptPolicy.Features.LOG_ODDS;
    if (checked.has(AdeptFormat.policyFeatures(exit, AdeptPolicy.Features.PROBABILITIES))) {
      features = AdeptPolicy.Features.PROBABILITIES;
    }
    String name = AdeptFormat.policyFeatures(exit, features);
    return new AdeptPolicy.Weights(
        stateWeights(exit),
        features,
        checked.vector(name, AdeptPolicy.READOUT_FEATURES, POLICY_ADEPT),
        checked.vector(AdeptFormat.policyBias(exit), 1, POLICY_ADEPT)[0]);
  }

  /** {@code u_e}; null where the policy does not read the state. */
  private float[] stateWeights(int exit) {
    String name = AdeptFormat.policyState(exit);
    return checked.has(name)
        ? checked.vector(name, heads.get(exit - 1).inputs(), POLICY_ADEPT)
        : null;
  }

  /**
   * How tokens other than the class token exit.
   *
   * @param kind what was requested
   * @return {@link TokenExits#NONE} where none does
   * @throws AdeptException if the directory lacks what was requested
   */
  public TokenExits tokenExits(TokenExitKind kind) {
    AdeptParts.TokenPolicySettings settings = parts == null ? null : parts.tokenPolicy();
    boolean missing = settings == null || (kind == TokenExitKind.MODEL && !settings.enabled());
    if (kind == TokenExitKind.NONE || (kind == TokenExitKind.MODEL && missing)) {
      return TokenExits.NONE;
    }
    if (missing) {
      throw new AdeptException(
          "The token exit '"
              + kind
              + "' needs a token policy, but the adept.json of "
              + directory.path()
              + " has no "
              + BLOCK_TOKEN_POLICY
              + "; fit one, or leave the token exit out.");
    }
    if (kind == TokenExitKind.COPY
        && directory.config().norms().before() == NormConfig.Before.NONE) {
      throw new AdeptException(
          "The token exit '"
              + kind
              + "' copies what a norm before attention makes of a state, but models of the type "
              + directory.config().modelType()
              + " have none; leave the token exit out, for the fitted one.");
    }
    return new TokenExits(
        tokenPolicies(settings),
        settings.threshold(),
        kind == TokenExitKind.COPY ? copies : fitted);
  }

  /** The token policies, the same objects each time, so that equal token exits are found equal. */
  private synchronized SortedMap<Integer, TokenPolicy> tokenPolicies(
      AdeptParts.TokenPolicySettings settings) {
    if (tokenPolicies == null) {
      SortedMap<Integer, TokenPolicy> policies = new TreeMap<>();
      for (int exit : settings.exitLayers()) {
        float[] weight =
            checked.vector(AdeptFormat.tokenWeight(exit), TokenFeatures.COUNT, BLOCK_TOKEN_POLICY);
        float bias = checked.vector(AdeptFormat.tokenBias(exit), 1, BLOCK_TOKEN_POLICY)[0];
        policies.put(exit - 1, new TokenPolicy(weight, bias));
      }
      tokenPolicies = Collections.unmodifiableSortedMap(policies);
    }
    return tokenPolicies;
  }
}
