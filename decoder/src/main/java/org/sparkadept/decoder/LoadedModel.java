package org.sparkadept.decoder;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.FittedExits;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.compute.ComputeBackend;
import org.sparkadept.decoder.compute.ComputeBackends;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.PrefillSession;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.prompt.RowTokenizer;
import org.sparkadept.decoder.tokenizer.TextTokenizer;

/**
 * A model directory in memory: weights, tokenizer, exit heads, policies and hidden state mappers,
 * once for any number of threads and of {@linkplain #classifier classifiers}. Weights are packed
 * for the compute backend when they are first needed: the layers when the model is opened, heads
 * and mappers with the first classifier that uses them. Thread-safe.
 */
public final class LoadedModel implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LoadedModel.class);

  private final ModelDirectory directory;
  private final String backend;
  private final TextTokenizer tokenizer;
  private final FittedExits exits;
  private final ComputeModel compute;
  private final ConcurrentLinkedQueue<PrefillSession> idle = new ConcurrentLinkedQueue<>();

  private LoadedModel(ModelDirectory directory, ComputeOptions options) {
    this.directory = directory;
    ModelTensors tensors = directory.tensors();
    exits = new FittedExits(directory, tensors);
    int depth = exits.heads().lastKey() + 1;
    ComputeBackend chosen = ComputeBackends.choose(options, directory.config().features());
    backend = chosen.name();
    tokenizer = TextTokenizer.of(directory.checkpoint());
    try {
      compute = chosen.load(tensors, options);
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
    try {
      compute.prepare(depth, List.of(), TokenExits.NONE);
    } catch (RuntimeException | Error e) {
      compute.close();
      tokenizer.close();
      throw e;
    }
  }

  /** As {@link #open(ModelSource, ComputeOptions)}, without an adapter of another folder. */
  public static LoadedModel open(Path path, ComputeOptions options) {
    return open(ModelSource.of(path), options);
  }

  /**
   * Loads a model.
   *
   * @param source a directory with a Hugging Face or GGUF checkpoint, with or without fitted ADEPT
   *     parts, and with or without an adapter
   * @param options where and in which precision it is computed
   * @return the model, to be closed by the caller
   * @throws AdeptException if the directory or an option is unusable; the message says why
   */
  public static LoadedModel open(ModelSource source, ComputeOptions options) {
    long start = System.nanoTime();
    ModelDirectory directory = ModelDirectory.open(source);
    try {
      LoadedModel model = new LoadedModel(directory, options);
      LOG.info(
          "Loaded {} in {} ms: backend {}, exits after layers {}",
          source,
          (System.nanoTime() - start) / 1_000_000,
          model.backend,
          model.exitLayers());
      return model;
    } catch (RuntimeException | Error e) {
      directory.close();
      throw e;
    }
  }

  /**
   * A classifier over this model. It has no weights of its own, and is of use until the model is
   * closed.
   *
   * @param options how it answers
   * @throws AdeptException if an option is unusable with this model; the message says why
   */
  public Classifier classifier(ClassifierOptions options) {
    return new Classifier(this, options);
  }

  /** The label names. */
  public List<String> labels() {
    return directory.labels();
  }

  /** How logits become an answer: one label for each row, or all that reach their thresholds. */
  public LabelRule rule() {
    return directory.rule();
  }

  /** Number of layers of the checkpoint, those above the reference among them. */
  public int layers() {
    return directory.adept().map(AdeptParts::checkpointLayers).orElse(config().layers());
  }

  /**
   * Layers after which a row may be answered, from 1; the last one is the reference, where full
   * depth ends.
   */
  public List<Integer> exitLayers() {
    List<Integer> layers = new ArrayList<>();
    exits.heads().keySet().forEach(layer -> layers.add(layer + 1));
    return layers;
  }

  /** Name of the compute backend. */
  public String backend() {
    return backend;
  }

  Path path() {
    return directory.path();
  }

  ModelConfig config() {
    return directory.config();
  }

  /** How rows are read under some options, whose bound on tokens is set. */
  RowTokenizer tokenizer(ClassifierOptions options) {
    return new RowTokenizer(tokenizer, directory.prompt(), options.maxTokens(), options.longRows());
  }

  FittedExits exits() {
    return exits;
  }

  ComputeModel compute() {
    return compute;
  }

  /** Works in a session that no other thread uses meanwhile. */
  void inSession(Consumer<PrefillSession> work) {
    PrefillSession session = idle.poll();
    if (session == null) {
      session = compute.openPrefill();
    }
    try {
      work.accept(session);
    } catch (RuntimeException | Error e) {
      session.close();
      throw e;
    }
    idle.add(session);
  }

  /** Frees weights and sessions; no call may be running. */
  @Override
  public void close() {
    List<PrefillSession> sessions = new ArrayList<>(idle);
    idle.clear();
    sessions.forEach(PrefillSession::close);
    compute.close();
    tokenizer.close();
    directory.close();
  }
}
