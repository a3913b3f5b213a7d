package org.sparkadept.pipeline.ml.fit;

import java.nio.file.Path;
import java.util.List;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.calibrate.RiskTarget;
import org.sparkadept.udfs.table.NamedColumn;

/**
 * One fit.
 *
 * @param model the checkpoint, with or without {@code adept} files
 * @param output the fitted model directory; the same as {@code model} to fit in place
 * @param columns the input's columns
 * @param split how the rows are split
 * @param heads which exit heads: {@code auto}, {@code fit} or {@code keep}
 * @param exitLayers exit layers from 1, ascending; empty for the default
 * @param regParam ridge of the exit heads' logistic regression
 * @param policy how the exit policy is fitted
 * @param tokens how token exits are fitted; null for none
 * @param target the guarantee that τ is chosen for
 * @param backend name of the compute backend, or {@code auto}
 * @param maxTokens longest row in tokens; 0 for the model's own bound
 */
public record FitSettings(
    Path model,
    Path output,
    Columns columns,
    Split split,
    String heads,
    List<Integer> exitLayers,
    double regParam,
    PolicySettings policy,
    TokenSettings tokens,
    RiskTarget target,
    String backend,
    int maxTokens) {
  private static final List<String> HEADS = List.of("auto", "fit", "keep");

  /**
   * @throws AdeptException if a value is out of its range
   */
  public FitSettings {
    if (!HEADS.contains(heads)) {
      throw new AdeptException(
          "heads (--heads) must be one of " + HEADS + ", but is '" + heads + "'.");
    }
    if (!(regParam >= 0) || Double.isInfinite(regParam)) {
      throw new AdeptException(
          "regParam (--reg-param) must be a number from 0 on, but is " + regParam + ".");
    }
  }

  /** The same with other columns. */
  public FitSettings withColumns(Columns value) {
    return new FitSettings(
        model,
        output,
        value,
        split,
        heads,
        exitLayers,
        regParam,
        policy,
        tokens,
        target,
        backend,
        maxTokens);
  }

  /**
   * Columns of the input.
   *
   * @param text STRING
   * @param label STRING, BOOLEAN or numbers
   * @param split STRING with train, validation or calibration; no name to split by hash
   */
  public record Columns(NamedColumn text, NamedColumn label, NamedColumn split) {}

  /**
   * Shares of the rows, split by a hash of seed, text and label: equal rows are in the same split.
   *
   * @param train rows that heads and mapper are fitted on
   * @param validation rows that policies are fitted on
   * @param seed of the hash
   */
  public record Split(double train, double validation, long seed) {
    /**
     * @throws AdeptException if the shares leave nothing for one of the three
     */
    public Split {
      if (!(train > 0 && validation > 0 && train + validation < 1)) {
        throw new AdeptException(
            "trainRatio (--train-ratio) and validationRatio (--validation-ratio) must be positive"
                + " and leave a share for calibration, but are "
                + train
                + " and "
                + validation
                + ".");
      }
    }
  }

  /**
   * The preference {@code λT − βC}.
   *
   * @param lambda λ, the weight of a row whose answer violates the target
   * @param beta β, the weight of a row's full depth of compute
   * @param regParam ridge of its logistic regression
   * @param stateRegParam ridge of the part that reads the state
   */
  public record PolicySettings(double lambda, double beta, double regParam, double stateRegParam) {
    /**
     * @throws AdeptException if a value is not positive
     */
    public PolicySettings {
      positive("lambda", lambda);
      positive("beta", beta);
      positive("policyRegParam", regParam);
      positive("stateRegParam", stateRegParam);
    }
  }

  /**
   * Token exits.
   *
   * @param exitLayers layers after which tokens may leave; empty for the default
   * @param mapperTokens how many tokens the mapper is fitted on, about
   * @param policyRows at most so many rows for the token policy
   * @param errorWeight κ, the violations that one whole relative error of keys and values, attended
   *     to with weight 1, is worth
   * @param threshold τ_t in (0, 1]
   */
  public record TokenSettings(
      List<Integer> exitLayers,
      long mapperTokens,
      int policyRows,
      double errorWeight,
      double threshold) {
    /**
     * @throws AdeptException if a value is out of its range
     */
    public TokenSettings {
      positive("mapperTokens (--mapper-tokens)", mapperTokens);
      positive("kvErrorWeight", errorWeight);
      positive("tokenThreshold (--token-threshold)", threshold);
    }
  }

  private static void positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new AdeptException(name + " must be a number above 0, but is " + value + ".");
    }
  }
}
