package org.sparkadept.decoder;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.adept.ExitHeads;
import org.sparkadept.decoder.adept.ExitPolicies;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeBackend;
import org.sparkadept.decoder.compute.ComputeBackends;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.engine.Engine;
import org.sparkadept.decoder.engine.Observation;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ModelTensors;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.DecoderStatistics;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.decoder.result.Explanation;
import org.sparkadept.decoder.result.StateObserver;
import org.sparkadept.decoder.tokenizer.TextTokenizer;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/**
 * A decoder-only language model that classifies texts: one set of weights for any number of
 * threads. Every call works on its caller's thread alone; a text's answer does not depend on the
 * texts beside it.
 */
public final class Decoder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Decoder.class);

  private final DecoderOptions options;
  private final String backend;
  private final List<String> labels;
  private final List<Integer> exitLayers;
  private final ModelConfig config;
  private final TextTokenizer tokenizer;
  private final ComputeModel model;
  private final ExitPolicy policy;
  private final Engine engine;
  private final ConcurrentLinkedQueue<ComputeSession> idle = new ConcurrentLinkedQueue<>();

  private Decoder(ModelDirectory directory, DecoderOptions options) {
    config = directory.config();
    ModelTensors tensors = ModelTensors.of(config, directory.checkpoint());
    policy = ExitPolicies.choose(directory, options.exit());
    SortedMap<Integer, LinearTensors> heads =
        ExitHeads.withScores(ExitHeads.of(directory, tensors), policy);
    TokenExits tokenExits = ExitPolicies.tokenExits(directory, tensors, policy, options.exit());
    ComputeBackend chosen = ComputeBackends.choose(options.backend(), options.device());
    int maxTokens = maxTokens(directory, options);
    this.options = options.withMaxTokens(maxTokens);
    backend = chosen.name();
    labels = directory.adept().map(parts -> parts.labels()).orElse(config.labels());
    exitLayers = policy.early() ? List.copyOf(heads.keySet()) : List.of(config.layers());
    ModelSource source = new ModelSource(config, tensors, heads, tokenExits, maxTokens);
    tokenizer = TextTokenizer.open(directory.tokenizerFile(), maxTokens);
    try {
      model = chosen.load(source, options.device());
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
    int microBatch = Math.max(options.microBatchTokens(), model.microBatchTokens());
    int wave = Math.max(options.waveTokens(), microBatch);
    engine = new Engine(source, policy, options.withBatching(microBatch, wave), model.waveTokens());
  }

  /**
   * Loads a model.
   *
   * @param modelDirectory a Hugging Face checkpoint, with or without fitted ADEPT parts
   * @param options how it runs
   * @return the decoder, to be closed by the caller
   * @throws AdeptException if the directory or an option is unusable; the message says why
   */
  public static Decoder open(Path modelDirectory, DecoderOptions options) {
    long start = System.nanoTime();
    try (ModelDirectory directory = ModelDirectory.open(modelDirectory)) {
      Decoder decoder = new Decoder(directory, options);
      LOG.info(
          "Loaded {} in {} ms: backend {}, exits after layers {}, at most {} tokens a row",
          modelDirectory,
          (System.nanoTime() - start) / 1_000_000,
          decoder.backend,
          decoder.exitLayers,
          decoder.options.maxTokens());
      return decoder;
    }
  }

  private static int maxTokens(ModelDirectory directory, DecoderOptions options) {
    int positions = directory.config().maxPositions();
    if (options.maxTokens() > positions) {
      throw new AdeptException(
          "maxTokens is "
              + options.maxTokens()
              + ", but the model in "
              + directory.path()
              + " has positions for "
              + positions
              + " tokens only; lower maxTokens to at most that.");
    }
    return options.maxTokens() > 0
        ? options.maxTokens()
        : Math.min(DecoderOptions.DEFAULT_MAX_TOKENS, positions);
  }

  /**
   * Classifies texts.
   *
   * @param utf8 the texts as UTF-8; a null element is a NULL row
   * @return the answers, row by row; a row that cannot be scored has its error there
   * @throws AdeptException if computing fails as a whole
   */
  public Classifications classify(byte[][] utf8) {
    return classify(utf8, false);
  }

  /**
   * Classifies texts.
   *
   * @param utf8 the texts as UTF-8; a null element is a NULL row
   * @param probabilities whether the probabilities of all labels are wanted
   * @return the answers, row by row; a row that cannot be scored has its error there
   * @throws AdeptException if computing fails as a whole
   */
  public Classifications classify(byte[][] utf8, boolean probabilities) {
    long start = System.nanoTime();
    TokenizedText[] texts = tokenize(utf8);
    long nanos = System.nanoTime() - start;
    Classifications answers = classify(texts, probabilities);
    answers.addStatistics(new DecoderStatistics(nanos, 0, 0, 0, 0));
    return answers;
  }

  /**
   * Classifies texts that are tokenized already.
   *
   * @param texts what {@link #tokenize} gave, here or in a decoder of the same model directory; a
   *     null element is a NULL row
   * @param probabilities whether the probabilities of all labels are wanted
   * @return the answers, row by row; a row that cannot be scored has its error there
   * @throws AdeptException if computing fails as a whole
   */
  public Classifications classify(TokenizedText[] texts, boolean probabilities) {
    Classifications answers = new Classifications(labels, texts.length);
    for (int row = 0; row < texts.length; row++) {
      if (texts[row] != null && texts[row].error() == null) {
        answers.tokenized(row, texts[row].ids().length, texts[row].truncated());
      } else if (texts[row] != null) {
        answers.fail(row, texts[row].error());
      }
    }
    compute(session -> engine.classify(session, texts, probabilities, answers));
    return answers;
  }

  /**
   * Shows the hidden states of texts, for fitting: full depth, every token through every layer,
   * whatever the exit settings are. A few rows are held at a time.
   *
   * @param utf8 the texts as UTF-8; null elements, and texts that cannot be scored, are passed over
   * @param observer sees the states, row by row
   * @throws AdeptException if computing fails as a whole
   */
  public void observe(byte[][] utf8, StateObserver observer) {
    TokenizedText[] texts = tokenize(utf8);
    compute(session -> Observation.run(session, config, model.waveTokens(), texts, observer));
  }

  /**
   * Takes texts through every exit, whatever the policy says of it, and tells what each exit says
   * and costs; for fitting, calibration and evaluation. Tokens leave as configured.
   *
   * @param utf8 the texts as UTF-8; a null element is a NULL row
   * @param probabilities whether the probabilities of all labels are wanted
   * @return what was found, row by row; null where the text is null or cannot be scored
   * @throws AdeptException if computing fails as a whole
   */
  public ExitTrace[] trace(byte[][] utf8, boolean probabilities) {
    TokenizedText[] texts = tokenize(utf8);
    ExitTrace[] traces = new ExitTrace[utf8.length];
    compute(session -> engine.trace(session, texts, probabilities, traces));
    return traces;
  }

  /**
   * Explains an answer: the text is run to the last layer, with the exit settings as they are.
   *
   * @param utf8 one text as UTF-8
   * @return what each exit says, and where the tokens left
   * @throws AdeptException if the text cannot be scored; the message says why
   */
  public Explanation explain(byte[] utf8) {
    TokenizedText text = tokenize(new byte[][] {utf8})[0];
    if (text == null || text.error() != null) {
      String reason = text == null ? "it is NULL" : text.error();
      throw new AdeptException("The text cannot be explained: " + reason + ".");
    }
    List<ExitReadout> readouts = new ArrayList<>();
    List<Integer> tokenExits = new ArrayList<>();
    compute(
        session -> {
          for (int exit : engine.follow(session, text, readouts)) {
            tokenExits.add(exit);
          }
        });
    List<Explanation.Exit> exits = new ArrayList<>();
    ExitReadout answer = null;
    for (ExitReadout readout : readouts) {
      boolean leaves = engine.leaves(readout);
      answer = answer == null && leaves ? readout : answer;
      exits.add(
          new Explanation.Exit(
              readout.layer(),
              labels.get(readout.label()),
              readout.probability(),
              policy.value(readout),
              leaves));
    }
    return new Explanation(
        labels.get(answer.label()),
        answer.probability(),
        answer.layer(),
        text.truncated(),
        exits,
        tokenizer.pieces(utf8),
        tokenExits);
  }

  /** Lends a session of the caller's own. */
  private void compute(Consumer<ComputeSession> work) {
    ComputeSession session = idle.poll();
    if (session == null) {
      session = model.open();
    }
    try {
      work.accept(session);
    } catch (RuntimeException | Error e) {
      session.close();
      throw e;
    }
    idle.add(session);
  }

  /**
   * Tokenizes texts.
   *
   * @param utf8 the texts as UTF-8; a null element is a NULL row
   * @return the tokens, row by row; null where the text is null, and with an error where the row
   *     cannot be scored
   */
  public TokenizedText[] tokenize(byte[][] utf8) {
    TokenizedText[] texts = new TokenizedText[utf8.length];
    for (int row = 0; row < utf8.length; row++) {
      texts[row] = utf8[row] == null ? null : checked(tokenizer.encode(utf8[row]));
    }
    return texts;
  }

  private TokenizedText checked(TokenizedText text) {
    int stranger = firstUnknown(text.ids());
    return stranger < 0
        ? text
        : TokenizedText.unusable(
            "token id "
                + stranger
                + " is not in the model's embedding of "
                + config.vocabulary()
                + " rows; tokenizer.json and the weights do not belong together");
  }

  /** The first token id that the embedding does not have, or -1. */
  private int firstUnknown(int[] ids) {
    for (int id : ids) {
      if (id >= config.vocabulary()) {
        return id;
      }
    }
    return -1;
  }

  /** The label names. */
  public List<String> labels() {
    return labels;
  }

  /** Number of layers. */
  public int layers() {
    return config.layers();
  }

  /** Layers after which a row may be answered, counted from 1. */
  public List<Integer> exitLayers() {
    return exitLayers;
  }

  /** Name of the compute backend. */
  public String backend() {
    return backend;
  }

  /** The options, with the bound on tokens as it came out. */
  public DecoderOptions options() {
    return options;
  }

  /** Frees weights and sessions; no call may be running. */
  @Override
  public void close() {
    List<ComputeSession> sessions = new ArrayList<>(idle);
    idle.clear();
    sessions.forEach(ComputeSession::close);
    model.close();
    tokenizer.close();
  }
}
