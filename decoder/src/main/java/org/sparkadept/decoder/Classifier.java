package org.sparkadept.decoder;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.sparkadept.decoder.adept.FittedExits;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.FitSession;
import org.sparkadept.decoder.engine.classify.ClassifyEngine;
import org.sparkadept.decoder.engine.classify.ClassifyPlan;
import org.sparkadept.decoder.engine.classify.HeadInputPass;
import org.sparkadept.decoder.engine.classify.Wave;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.fit.MapperPass;
import org.sparkadept.decoder.fit.RegretPass;
import org.sparkadept.decoder.fit.WavePass;
import org.sparkadept.decoder.prompt.RowTexts;
import org.sparkadept.decoder.prompt.RowTokenizer;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.DecoderStatistics;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.decoder.result.Explanation;
import org.sparkadept.decoder.result.HeadInputs;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/**
 * Classifies texts with a {@link LoadedModel}, in one way. Every call works on its caller's thread
 * alone; a text's answer does not depend on the texts beside it. Thread-safe; there is nothing to
 * close.
 */
public final class Classifier {
  private final LoadedModel model;
  private final ClassifierOptions options;
  private final RowTokenizer tokenizer;
  private final ClassifyEngine engine;
  private final TokenExits tokenExits;
  private final int batchTokens;
  private final List<Integer> exitLayers;
  private final float minScore;

  Classifier(LoadedModel model, ClassifierOptions requested) {
    this.model = model;
    checkRule(model.rule(), requested);
    options =
        requested.withMaxTokens(
            maxTokens(model.path(), model.config().maxPositions(), requested.maxTokens()));
    tokenizer = model.tokenizer(options);
    ExitPolicy policy = model.exits().policy(options.policy(), options.threshold());
    tokenExits = policy.early() ? model.exits().tokenExits(options.tokenExit()) : TokenExits.NONE;
    SortedMap<Integer, ExitHead> heads = model.exits().heads(policy);
    boolean ensemble = model.exits().ensemble();
    ComputeModel compute = model.compute();
    batchTokens = Math.max(options.microBatchTokens(), compute.microBatchTokens());
    ClassifyPlan plan =
        new ClassifyPlan(
            model.config(),
            policy.early() || ensemble ? heads : heads.tailMap(heads.lastKey()),
            model.rule(),
            ensemble,
            model.layers(),
            policy,
            tokenExits,
            options.classTokenFirst(),
            options.mergeSurvivors(),
            batchTokens,
            Math.max(options.waveTokens(), batchTokens));
    compute.prepare(plan.layers(), plan.heads().values(), tokenExits);
    engine = new ClassifyEngine(plan, compute.waveTokens(options.maxTokens()));
    minScore = options.minScoreOr(model.exits().minScore());
    exitLayers = policy.early() ? model.exitLayers() : List.of(plan.layers());
  }

  /**
   * Checks options against a model directory, without loading the model. What depends on the
   * tokenizer or on the compute backend is left to {@link LoadedModel}.
   *
   * @throws AdeptException if an option is unusable with this model; the message says why
   */
  public static void check(ModelDirectory directory, ClassifierOptions options) {
    checkRule(directory.rule(), options);
    maxTokens(directory.path(), directory.config().maxPositions(), options.maxTokens());
    FittedExits exits = new FittedExits(directory, directory.tensors());
    exits.heads();
    if (exits.policy(options.policy(), options.threshold()).early()) {
      exits.tokenExits(options.tokenExit());
    }
  }

  /** What is defined for models of one label alone is refused for others. */
  private static void checkRule(LabelRule rule, ClassifierOptions options) {
    if (!rule.isMultiLabel()) {
      return;
    }
    if (options.longRows().inChunks()) {
      throw new AdeptException(
          "The model is multi-label, and the answers of chunks are merged for models of one label"
              + " alone; leave out longRows (--long) chunk.");
    }
    if (options.minScore() > 0) {
      throw new AdeptException(
          "The model is multi-label: each label has a threshold of its own (label_thresholds in"
              + " adept.json); leave out minScore (--min-score).");
    }
  }

  /**
   * The longest row in tokens.
   *
   * @param model for the message
   * @param positions of the model
   * @param requested 0 for the default
   * @throws AdeptException if the model has not so many positions
   */
  public static int maxTokens(Path model, int positions, int requested) {
    if (requested > positions) {
      throw new AdeptException(
          "maxTokens (--max-tokens) is "
              + requested
              + ", but the model in "
              + model
              + " has positions for "
              + positions
              + " tokens only; lower it to at most that.");
    }
    return requested > 0 ? requested : Math.min(ClassifierOptions.DEFAULT_MAX_TOKENS, positions);
  }

  /** The options, with the bound on tokens that is in force. */
  public ClassifierOptions options() {
    return options;
  }

  /** The label names. */
  public List<String> labels() {
    return model.labels();
  }

  /** How logits become an answer. */
  public LabelRule rule() {
    return model.rule();
  }

  /** Number of layers of the checkpoint. */
  public int layers() {
    return model.layers();
  }

  /** Layers after which a row may be answered under these options, from 1. */
  public List<Integer> exitLayers() {
    return exitLayers;
  }

  /** Least score of an answer, in [0, 1]; rows below it abstain. */
  public float minScore() {
    return minScore;
  }

  /** Name of the compute backend. */
  public String backend() {
    return model.backend();
  }

  /**
   * Tokenizes rows, cut to the bound on tokens.
   *
   * @param utf8 the rows' texts as UTF-8, of several columns as {@link RowTexts} packs them; a null
   *     element is a NULL row
   * @return the tokens, row by row; null where the text is null, and with an error where the row
   *     cannot be scored
   */
  public TokenizedText[] tokenize(byte[][] utf8) {
    TokenizedText[] texts = tokenizer.encode(utf8);
    for (int row = 0; row < texts.length; row++) {
      texts[row] = texts[row] == null ? null : checked(texts[row]);
    }
    return texts;
  }

  /** A token id that the embedding does not have is an error of its row. */
  private TokenizedText checked(TokenizedText text) {
    int vocabulary = model.config().vocabulary();
    for (int id : text.ids()) {
      if (id >= vocabulary) {
        return TokenizedText.unusable(
            "token id "
                + id
                + " is not in the model's embedding of "
                + vocabulary
                + " rows; tokenizer.json and the weights do not belong together");
      }
    }
    return text;
  }

  /**
   * Classifies texts.
   *
   * @param utf8 the rows' texts, as {@link #tokenize} takes them; a null element is a NULL row
   * @return the answers, row by row; a row that cannot be scored has its error there
   * @throws AdeptException if computing fails as a whole
   */
  public Classifications classify(byte[][] utf8) {
    return classify(utf8, false);
  }

  /**
   * Classifies texts.
   *
   * @param utf8 the rows' texts, as {@link #tokenize} takes them; a null element is a NULL row
   * @param probabilities whether the probabilities of all labels are wanted
   * @return the answers, row by row; a row that cannot be scored has its error there
   * @throws AdeptException if computing fails as a whole
   */
  public Classifications classify(byte[][] utf8, boolean probabilities) {
    if (options.longRows().inChunks()) {
      return chunkedRows().classify(utf8, probabilities);
    }
    long start = System.nanoTime();
    TokenizedText[] texts = tokenize(utf8);
    long nanos = System.nanoTime() - start;
    Classifications answers = classify(texts, probabilities);
    answers.addStatistics(new DecoderStatistics(nanos, 0, 0, 0, 0, 0));
    return answers;
  }

  /**
   * Classifies texts that are tokenized already.
   *
   * @param texts what {@link #tokenize} gave, here or in another classifier of the same model; a
   *     null element is a NULL row
   * @param probabilities whether the probabilities of all labels are wanted
   * @return the answers, row by row; a row that cannot be scored has its error there
   * @throws AdeptException if computing fails as a whole
   */
  public Classifications classify(TokenizedText[] texts, boolean probabilities) {
    Classifications answers =
        new Classifications(labels(), model.rule().isMultiLabel(), texts.length, minScore);
    for (int row = 0; row < texts.length; row++) {
      if (texts[row] != null && texts[row].error() == null) {
        answers.tokenized(row, texts[row].ids().length, texts[row].truncated());
      } else if (texts[row] != null) {
        answers.fail(row, texts[row].error());
      }
    }
    model.inSession(session -> engine.classify(session, texts, probabilities, answers));
    return answers;
  }

  /**
   * Takes texts through a pass of the fit of token exits, every token through every layer, whatever
   * the exit settings are.
   *
   * @param utf8 the rows' texts, as {@link #tokenize} takes them; null elements, and texts that
   *     cannot be scored, are skipped
   * @param pass of {@link #mapperPass} or {@link #regretPass}
   * @throws AdeptException if computing fails as a whole, or the backend cannot fit token exits
   */
  public void fit(byte[][] utf8, WavePass pass) {
    try (FitSession session = model.compute().openFit()) {
      for (Wave wave : Wave.cut(tokenize(utf8), WavePass.MAX_TOKENS)) {
        pass.wave(session, wave.tokens());
      }
    }
  }

  /**
   * A pass that sums up what hidden state mappers are solved from, to all layers up to full depth.
   *
   * @param tokenExitLayers exit layers before the last, from 1, ascending
   */
  public MapperPass mapperPass(List<Integer> tokenExitLayers) {
    return new MapperPass(model.config(), tokenExitLayers, depth());
  }

  /**
   * A pass that tells what the token exits of the options cost and save.
   *
   * @param observer sees every token
   */
  public RegretPass regretPass(Consumer<RegretPass.Token> observer) {
    return new RegretPass(model.config(), depth(), tokenExits, observer);
  }

  private int depth() {
    return exitLayers.get(exitLayers.size() - 1);
  }

  /**
   * Reads what exit heads would read of texts, for fitting: no row and no token exits, whatever the
   * exit settings are.
   *
   * @param utf8 the rows' texts, as {@link #tokenize} takes them; a null element is a NULL row
   * @param exitLayers the heads' layers, from 1, ascending; at most as deep as the model's last
   *     exit
   * @param input what the heads read
   * @return what they read, row by row; null where the text is null or cannot be scored
   * @throws AdeptException if computing fails as a whole
   */
  public HeadInputs[] headInputs(byte[][] utf8, int[] exitLayers, ExitHead.Input input) {
    TokenizedText[] texts = tokenize(utf8);
    int[] layers = Arrays.stream(exitLayers).map(layer -> layer - 1).toArray();
    HeadInputs[][] inputs = new HeadInputs[1][];
    model.inSession(
        session ->
            inputs[0] =
                HeadInputPass.run(
                    session, model.config().width(), batchTokens, texts, layers, input));
    return inputs[0];
  }

  /**
   * Takes texts through every exit, whatever the policy says of them; for fitting, calibration and
   * evaluation. Tokens exit as configured.
   *
   * @param utf8 the rows' texts, as {@link #tokenize} takes them; a null element is a NULL row
   * @param probabilities whether the probabilities of all labels are wanted
   * @return what each exit says and costs, row by row; null where the text is null or cannot be
   *     scored
   * @throws AdeptException if computing fails as a whole
   */
  public ExitTrace[] trace(byte[][] utf8, boolean probabilities) {
    return trace(tokenize(utf8), probabilities);
  }

  /**
   * Takes rows through every exit as {@link #trace} does, long ones in chunks if the options say
   * so.
   *
   * @return row by row what each exit says of each of the row's chunks, of which a whole or a cut
   *     row has one; null where the text is null or cannot be scored
   * @throws AdeptException if computing fails as a whole
   */
  public ExitTrace[][] traceChunks(byte[][] utf8, boolean probabilities) {
    if (options.longRows().inChunks()) {
      return chunkedRows().trace(utf8, probabilities);
    }
    return Arrays.stream(trace(utf8, probabilities))
        .map(trace -> trace == null ? null : new ExitTrace[] {trace})
        .toArray(ExitTrace[][]::new);
  }

  private ChunkedRows chunkedRows() {
    return new ChunkedRows(this, options.longRows().merge(), options.waveTokens());
  }

  /** The chunks of a row, one after the other; of a row that fits or is cut, the row. */
  Iterator<TokenizedText> chunks(byte[] row) {
    Iterator<TokenizedText> chunks = tokenizer.chunks(row);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return chunks.hasNext();
      }

      @Override
      public TokenizedText next() {
        return checked(chunks.next());
      }
    };
  }

  ExitTrace[] trace(TokenizedText[] texts, boolean probabilities) {
    ExitTrace[] traces = new ExitTrace[texts.length];
    model.inSession(session -> engine.trace(session, texts, probabilities, traces));
    return traces;
  }

  /**
   * Explains an answer: one trace, with the exit settings as they are.
   *
   * @param utf8 one row's texts, as {@link #tokenize} takes them
   * @return what each exit says, and where the tokens exited
   * @throws AdeptException if the text cannot be scored; the message says why
   */
  public Explanation explain(byte[] utf8) {
    TokenizedText[] texts = tokenize(new byte[][] {utf8});
    if (texts[0] == null || texts[0].error() != null) {
      String reason = texts[0] == null ? "it is NULL" : texts[0].error();
      throw new AdeptException("The text cannot be explained: " + reason + ".");
    }
    if (texts[0].truncated() && options.longRows().inChunks()) {
      throw new AdeptException(
          "The text cannot be explained: it is answered in chunks (--long chunk), and what is"
              + " explained is one pass. Give one chunk, or cut it (--long cut).");
    }
    RowTokenizer.ReadRow read = tokenizer.show(utf8);
    return new Explanation(read.text(), trace(texts, true)[0], read.tokens(), texts[0].truncated());
  }
}
