package org.sparkadept.benchmarks.pytorch;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkadept.benchmarks.measure.Rounds;
import org.sparkadept.benchmarks.measure.Rounds.Spread;
import org.sparkadept.benchmarks.pytorch.Results.Measurement;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.udfs.conf.AdeptConf;

/**
 * One model in one precision, with policy {@code none} and with ADEPT, beside PyTorch. First the
 * logits of all are compared with PyTorch's in single precision; then they take turns.
 */
final class Comparison {
  static final double NONE_AIM = 0.5;
  static final double ADEPT_AIM = 1.5;

  private static final String REFERENCE = "reference";
  private static final String TIMED = "timed";

  /** Tokens of a batch where nothing is timed. */
  private static final int UNTIMED_BATCH = 8192;

  private static final int HALF = 2;

  private final Workload workload;
  private final Precision precision;
  private final Settings settings;
  private final PyTorch pyTorch;
  private final Roofs roofs;
  private final ModelConfig config;

  Comparison(
      Workload workload, Precision precision, Settings settings, PyTorch pyTorch, Roofs roofs) {
    this.workload = workload;
    this.precision = precision;
    this.settings = settings;
    this.pyTorch = pyTorch;
    this.roofs = roofs;
    try (ModelDirectory directory = ModelDirectory.open(workload.directory())) {
      config = directory.config();
    }
  }

  /**
   * Runs it.
   *
   * @throws org.sparkadept.decoder.error.AdeptException if a side computes something else than
   *     PyTorch in single precision, or cannot compute at all
   */
  Results run() throws Exception {
    AdeptConf conf = settings.conf(precision);
    try (LoadedModel model = LoadedModel.open(workload.directory(), conf.computeOptions())) {
      return run(model, conf.classifierOptions());
    }
  }

  private Results run(LoadedModel model, ClassifierOptions options) throws Exception {
    boolean sameAsReference = precision == Precision.F32 && !settings.tf32();
    int untimed = sameAsReference ? settings.batchTokens() : UNTIMED_BATCH;
    JsonNode opened = open(REFERENCE, Precision.F32, false, untimed);
    double[][] fullDepth = pyTorch.logits(REFERENCE, null);
    Agreement adeptAgreement =
        checkAdept(model.classifier(options.withTokenExit(TokenExitKind.NONE)));
    String timed = REFERENCE;
    if (!sameAsReference) {
      pyTorch.close(REFERENCE);
      opened = open(TIMED, precision, settings.tf32(), settings.batchTokens());
      timed = TIMED;
    }
    Agreement pyTorchAgreement = Agreement.of(pyTorch.logits(timed, null), fullDepth);
    pyTorchAgreement.require("PyTorch in " + precision, Settings.tolerance(Precision.F16));
    Classifier none = model.classifier(options.atFullDepth());
    Classifications noneAnswers = none.classify(workload.rows(), true);
    Agreement noneAgreement = Agreement.of(logits(noneAnswers), fullDepth);
    noneAgreement.require("Policy none in " + precision, Settings.tolerance(precision));
    Classifier adept = model.classifier(options);
    Classifications adeptAnswers = adept.classify(workload.rows(), false);
    Rounds rounds = rounds(none, adept, timed);
    pyTorch.close(timed);
    List<Measurement> measurements =
        List.of(
            engine(0, "none", NONE_AIM, rounds, noneAnswers, noneAgreement),
            pyTorch(rounds, noneAnswers, pyTorchAgreement),
            engine(2, "ADEPT", ADEPT_AIM, rounds, adeptAnswers, adeptAgreement));
    return new Results(
        workload.name(),
        workload.exits(),
        precision,
        workload.rows().length,
        Arrays.stream(workload.tokens()).asLongStream().sum(),
        opened.get("batch_tokens").asInt(),
        opened.get("padding").asDouble(),
        measurements);
  }

  private JsonNode open(String name, Precision with, boolean tf32, int batchTokens)
      throws IOException {
    return pyTorch.open(name, workload.directory(), workload.rowsFile(), with, tf32, batchTokens);
  }

  /**
   * Compares ADEPT's logits with PyTorch's after each row's exit layer.
   *
   * @param staying no token exits before its row, because PyTorch has no token exits, which are an
   *     approximation by the hidden state mapper
   */
  private Agreement checkAdept(Classifier staying) throws IOException {
    Classifications answers = staying.classify(workload.rows(), true);
    double[][] reference = pyTorch.logits(REFERENCE, exitLayers(answers));
    Agreement agreement = Agreement.of(logits(answers), reference);
    agreement.require("ADEPT in " + precision, Settings.tolerance(precision));
    return agreement;
  }

  private Rounds rounds(Classifier none, Classifier adept, String timed) throws Exception {
    int threads = settings.threads();
    try (EngineRunner full = new EngineRunner(none, workload.rows(), threads);
        EngineRunner early = new EngineRunner(adept, workload.rows(), threads)) {
      List<Rounds.Runner> runners = List.of(full, least -> pyTorch.seconds(timed, least), early);
      return Rounds.run(runners, settings.rounds(), settings.warmUp(), settings.turn());
    }
  }

  /** The engine: weights in the given precision, all else in F32 except on tensor cores. */
  private Measurement engine(
      int runner,
      String policy,
      double aim,
      Rounds rounds,
      Classifications answers,
      Agreement agreement) {
    int weightBytes = precision == Precision.F16 ? HALF : Float.BYTES;
    Traffic traffic = Traffic.of(config, workload.tokens(), exitLayers(answers));
    boolean tensorCores = settings.tensorCores(precision);
    return measurement(
        runner,
        settings.backend() + (tensorCores ? " (tensor cores), " : ", ") + policy,
        aim,
        rounds,
        answers,
        answers.statistics().flops() - answers.statistics().sharedFlops(),
        traffic.bytes(weightBytes, Float.BYTES),
        Settings.key(tensorCores ? Precision.F16 : Precision.F32),
        agreement);
  }

  private Measurement pyTorch(Rounds rounds, Classifications fullDepth, Agreement agreement) {
    int bytes = precision == Precision.F16 ? HALF : Float.BYTES;
    Traffic traffic = Traffic.of(config, workload.tokens(), exitLayers(fullDepth));
    boolean tf32 = precision == Precision.F32 && settings.tf32();
    return measurement(
        1,
        "PyTorch, full depth",
        0,
        rounds,
        fullDepth,
        fullDepth.statistics().fullDepthFlops(),
        traffic.bytes(bytes, bytes),
        tf32 ? "tf32" : Settings.key(precision),
        agreement);
  }

  private Measurement measurement(
      int runner,
      String name,
      double aim,
      Rounds rounds,
      Classifications answers,
      long flops,
      long bytes,
      String format,
      Agreement agreement) {
    Spread seconds = rounds.seconds(runner);
    double rows = answers.size();
    double flopsPerSecond = flops / seconds.median();
    SortedMap<Integer, Integer> exits = new TreeMap<>();
    for (int layer : exitLayers(answers)) {
      exits.merge(layer, 1, Integer::sum);
    }
    return new Measurement(
        name,
        rounds.seconds()[runner],
        new Spread(rows / seconds.median(), rows / seconds.most(), rows / seconds.least()),
        rounds.speedup(runner, 1),
        settings.gpu() ? aim : 0,
        Collections.unmodifiableSortedMap(exits),
        Arrays.stream(exitLayers(answers)).average().orElseThrow(),
        flops,
        bytes,
        format,
        flopsPerSecond,
        flopsPerSecond / roofs.at(format, (double) flops / bytes),
        agreement);
  }

  private static int[] exitLayers(Classifications answers) {
    int[] layers = new int[answers.size()];
    Arrays.setAll(layers, answers::exitLayer);
    return layers;
  }

  private static double[][] logits(Classifications answers) {
    double[][] logits = new double[answers.size()][];
    Arrays.setAll(logits, row -> Agreement.logits(answers.probabilities(row)));
    return logits;
  }
}
