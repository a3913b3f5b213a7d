package org.sparkadept.pipeline.ml.fit;

import java.nio.file.Path;
import java.util.List;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.prompt.LongRows;
import org.sparkadept.decoder.prompt.Prompt;
import org.sparkadept.decoder.prompt.RowTokenizer;
import org.sparkadept.decoder.tokenizer.TextTokenizer;
import org.sparkadept.pipeline.calibrate.RiskTarget;
import org.sparkadept.udfs.table.NamedColumn;
import org.sparkadept.udfs.table.TextColumns;

/**
 * One fit.
 *
 * @param model the checkpoint, with or without {@code adept} files
 * @param output the fitted model directory; the same as {@code model} to fit in place
 * @param columns the input's columns
 * @param split how the rows are split
 * @param heads how exits and their heads are chosen and fitted
 * @param policy how the exit policy is fitted
 * @param tokens how token exits are fitted; null for none
 * @param target the guarantee that τ is chosen for
 * @param prompt what rows are written in; null where a row is its text
 * @param backend name of the compute backend, or {@code auto}
 * @param maxTokens longest row in tokens; 0 for the model's own bound
 * @param longRows how longer rows are answered, for which τ is chosen; all else is fitted on rows
 *     that are cut
 */
public record FitSettings(
    Path model,
    Path output,
    Columns columns,
    Split split,
    HeadSettings heads,
    PolicySettings policy,
    TokenSettings tokens,
    RiskTarget target,
    Prompt prompt,
    String backend,
    int maxTokens,
    LongRows longRows) {

  /** The same with other columns. */
  public FitSettings withColumns(Columns value) {
    return new FitSettings(
        model, output, value, split, heads, policy, tokens, target, prompt, backend, maxTokens,
        longRows);
  }

  /** The same for a model that was tuned on the same rows, whose exits and heads are kept. */
  public FitSettings ofTuned(Path tuned, int reference) {
    HeadSettings kept =
        new HeadSettings(
            HeadSettings.KEEP, List.of(), new Depth(true, 0), HeadSettings.AUTO, Double.NaN);
    return new FitSettings(
        tuned,
        output,
        columns,
        split,
        kept,
        policy,
        tokens == null ? null : tokens.below(reference),
        target,
        prompt,
        backend,
        maxTokens,
        longRows);
  }

  /**
   * Checks the layers of token exits before a tuning, whose exits are to be these.
   *
   * @throws AdeptException if they name layers after which no token can leave
   */
  public void checkTokenExits(List<Integer> exitLayers) {
    TokenExitFit.check(tokens, exitLayers.stream().mapToInt(layer -> layer).toArray());
  }

  /**
   * Columns of the input.
   *
   * @param text STRING, or what the prompt reads
   * @param label STRING, BOOLEAN or numbers
   * @param split STRING with train, validation or calibration; no name to split by hash
   */
  public record Columns(TextColumns text, NamedColumn label, NamedColumn split) {}

  /**
   * Shares of the rows, split by a hash of seed and text, whatever its case and blanks: rows of
   * equal texts are in the same split.
   *
   * @param train rows that heads and mapper are fitted on, and a backbone is tuned on
   * @param validation rows that kept heads are judged and policies fitted on; new heads are fitted
   *     on both, and judged and followed by policies with cross-fitting
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
   * Checks the prompt before anything is computed.
   *
   * @param positions of the model
   * @throws AdeptException if it leaves no room for text, or the tokenizer lacks the markers of its
   *     chat format
   */
  public void checkPrompt(int positions) {
    if (prompt == null) {
      return;
    }
    int most = Classifier.maxTokens(model, positions, maxTokens);
    try (Checkpoint checkpoint = Checkpoint.open(model);
        TextTokenizer tokenizer = TextTokenizer.of(checkpoint)) {
      new RowTokenizer(tokenizer, prompt, most, longRows);
    }
  }

  /** How the rows are split, as the files of a tuned model note it. */
  public AdeptParts.TunedSplit tunedSplit() {
    return new AdeptParts.TunedSplit(
        columns.split().name(), split.seed(), split.train(), split.validation());
  }

  /**
   * Exits and their heads.
   *
   * @param kind which heads: {@code auto} (the model's where they cover the labels, else new ones),
   *     {@code fit} or {@code keep}
   * @param exitLayers exit layers from 1, ascending; empty for the default
   * @param depth where the backbone ends
   * @param input what new heads read: {@code auto} (the better one, for each exit), {@code
   *     class_token} or {@code class_token_and_mean}
   * @param regParam L2 regularization of their logistic regression; NaN to choose it
   */
  public record HeadSettings(
      String kind, List<Integer> exitLayers, Depth depth, String input, double regParam) {
    private static final String AUTO = "auto";

    /** New heads, whatever the model has. */
    public static final String FIT = "fit";

    private static final String KEEP = "keep";
    private static final List<String> KINDS = List.of(AUTO, FIT, KEEP);

    /**
     * @throws AdeptException if a value is out of its range
     */
    public HeadSettings {
      if (!KINDS.contains(kind)) {
        throw new AdeptException(
            "heads (--heads) must be one of " + KINDS + ", but is '" + kind + "'.");
      }
      if (!input.equals(AUTO)) {
        ExitHead.Input.parse(input);
      }
      if (regParam < 0 || Double.isInfinite(regParam)) {
        throw new AdeptException(
            "regParam (--reg-param) must be a number from 0 on, but is " + regParam + ".");
      }
    }

    /** What new heads may read, the one that is preferred among equals first. */
    List<ExitHead.Input> inputs() {
      return input.equals(AUTO)
          ? List.of(ExitHead.Input.values())
          : List.of(ExitHead.Input.parse(input));
    }

    boolean fitsAnew() {
      return kind.equals(FIT);
    }

    boolean mustKeep() {
      return kind.equals(KEEP);
    }
  }

  /**
   * Where the backbone ends, as {@code auto}, {@code full} or a layer.
   *
   * @param auto whether the best read-out is chosen
   * @param layer the layer, from 1; 0 for the checkpoint's last
   */
  public record Depth(boolean auto, int layer) {
    /**
     * Reads a depth.
     *
     * @throws AdeptException if it is none
     */
    public static Depth parse(String text) {
      if (text.equals("auto")) {
        return new Depth(true, 0);
      }
      if (text.equals("full")) {
        return new Depth(false, 0);
      }
      if (!text.matches("[1-9][0-9]{0,5}")) {
        throw new AdeptException(
            "depth (--depth) must be auto, full or a layer from 1 on, but is '" + text + "'.");
      }
      return new Depth(false, Integer.parseInt(text));
    }
  }

  /**
   * The preference {@code λT − βC}.
   *
   * @param lambda λ, the weight of a row whose answer violates the target
   * @param beta β, the weight of a row's full depth of compute
   * @param regParam ridge of its logistic regression
   * @param stateRegParam ridge of the part that reads the state; NaN for a policy without one
   */
  public record PolicySettings(double lambda, double beta, double regParam, double stateRegParam) {
    /**
     * @throws AdeptException if a value is not positive
     */
    public PolicySettings {
      positive("lambda", lambda);
      positive("beta", beta);
      positive("policyRegParam", regParam);
      if (!Double.isNaN(stateRegParam)) {
        positive("stateRegParam", stateRegParam);
      }
    }

    /** Whether the policy weighs what the head reads, beside the head's answer. */
    boolean readsState() {
      return !Double.isNaN(stateRegParam);
    }
  }

  /**
   * Token exits.
   *
   * @param minTokens mean tokens of a row below which none are fitted, unless layers are named
   * @param exitLayers layers after which tokens may leave; empty for the default
   * @param mapperTokens how many tokens the mapper is fitted on, about
   * @param errorWeight κ, the violations that one whole relative error of keys and values, attended
   *     to with weight 1, is worth
   * @param threshold τ_t in (0, 1]
   */
  public record TokenSettings(
      long minTokens,
      List<Integer> exitLayers,
      long mapperTokens,
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

    /** The same where the model ends after a layer; null if no layer is left of those named. */
    TokenSettings below(int reference) {
      List<Integer> left = exitLayers.stream().filter(layer -> layer < reference).toList();
      return left.isEmpty() && !exitLayers.isEmpty()
          ? null
          : new TokenSettings(minTokens, left, mapperTokens, errorWeight, threshold);
    }
  }

  private static void positive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new AdeptException(name + " must be a number above 0, but is " + value + ".");
    }
  }
}
