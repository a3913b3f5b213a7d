package org.sparkadept.benchmarks.pytorch;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkadept.benchmarks.Contestant;
import org.sparkadept.benchmarks.Rounds;
import org.sparkadept.benchmarks.Spread;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.exit.ExitOptions;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.result.Classifications;

/**
 * One model in one precision, with policy {@code none} and with ADEPT, beside PyTorch. First all
 * are held to what PyTorch computes in single precision; then they take turns.
 */
final class Comparison {
  static final double NONE_AIM = 0.5;
  static final double ADEPT_AIM = 1.5;

  private static final String REFERENCE = "reference";
  private static final String TIMED = "timed";

  /** Tokens of a batch where nothing is timed. */
  private static final int UNTIMED_BATCH = 8192;

  private static final int HALF = 2;

  private final Subject subject;
  private final Precision precision;
  private final Settings settings;
  private final PyTorch pyTorch;
  private final Roofs roofs;
  private final ModelConfig config;
  private final DecoderOptions none;
  private final DecoderOptions adept;

  Comparison(
      Subject subject, Precision precision, Settings settings, PyTorch pyTorch, Roofs roofs) {
    this.subject = subject;
    this.precision = precision;
    this.settings = settings;
    this.pyTorch = pyTorch;
    this.roofs = roofs;
    adept = settings.options(precision);
    none = adept.withExit(ExitOptions.defaults().withPolicy("none", Float.NaN));
    try (ModelDirectory directory = ModelDirectory.open(subject.directory())) {
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
    JsonNode opened = null;
    boolean sameAsReference = precision == Precision.F32 && !settings.tf32();
    int untimed = sameAsReference ? settings.batchTokens() : UNTIMED_BATCH;
    JsonNode reference = open(REFERENCE, Precision.F32, false, untimed);
    double[][] fullDepth = pyTorch.logits(REFERENCE, null);
    Agreement adeptAgreement = checkAdept();
    String timed = REFERENCE;
    if (sameAsReference) {
      opened = reference;
    } else {
      pyTorch.close(REFERENCE);
      opened = open(TIMED, precision, settings.tf32(), settings.batchTokens());
      timed = TIMED;
    }
    Agreement pyTorchAgreement = Agreement.of(pyTorch.logits(timed, null), fullDepth);
    pyTorchAgreement.require("PyTorch in " + precision, Precision.F16.tolerance());
    try (Decoder noneDecoder = Decoder.open(subject.directory(), none);
        Decoder adeptDecoder = Decoder.open(subject.directory(), adept)) {
      Classifications noneAnswers = noneDecoder.classify(subject.rows(), true);
      Agreement noneAgreement = Agreement.of(logits(noneAnswers), fullDepth);
      noneAgreement.require("Policy none in " + precision, precision.tolerance());
      Classifications adeptAnswers = adeptDecoder.classify(subject.rows(), false);
      Rounds rounds = rounds(noneDecoder, adeptDecoder, timed);
      pyTorch.close(timed);
      List<Measurement> measurements =
          List.of(
              ours(0, "none", NONE_AIM, rounds, noneAnswers, noneAgreement),
              theirs(rounds, noneAnswers, pyTorchAgreement),
              ours(2, "ADEPT", ADEPT_AIM, rounds, adeptAnswers, adeptAgreement));
      return new Results(
          subject.name(),
          subject.exits(),
          precision,
          subject.rows().length,
          Arrays.stream(subject.tokens()).asLongStream().sum(),
          opened.get("batch_tokens").asInt(),
          opened.get("padding").asDouble(),
          measurements);
    }
  }

  private JsonNode open(String name, Precision with, boolean tf32, int batchTokens)
      throws IOException {
    return pyTorch.open(name, subject.directory(), subject.rowsFile(), with, tf32, batchTokens);
  }

  /**
   * Holds ADEPT's logits to PyTorch's at the layers where the rows left. That tokens stay for it:
   * PyTorch has no token exits, which are the hidden state mapper's approximation.
   */
  private Agreement checkAdept() throws IOException {
    DecoderOptions staying = adept.withExit(adept.exit().withTokenExit("none"));
    try (Decoder decoder = Decoder.open(subject.directory(), staying)) {
      Classifications answers = decoder.classify(subject.rows(), true);
      double[][] reference = pyTorch.logits(REFERENCE, exitLayers(answers));
      Agreement agreement = Agreement.of(logits(answers), reference);
      agreement.require("ADEPT in " + precision, precision.tolerance());
      return agreement;
    }
  }

  private Rounds rounds(Decoder noneDecoder, Decoder adeptDecoder, String timed) throws Exception {
    int threads = settings.threads();
    try (EngineContestant full = new EngineContestant(noneDecoder, subject.rows(), threads);
        EngineContestant early = new EngineContestant(adeptDecoder, subject.rows(), threads)) {
      List<Contestant> contestants = List.of(full, new PyTorchContestant(pyTorch, timed), early);
      return Rounds.run(contestants, settings.rounds(), settings.warmUp(), settings.turn());
    }
  }

  /** Our engine: weights as asked for, all else in single precision save on tensor cores. */
  private Measurement ours(
      int contestant,
      String policy,
      double aim,
      Rounds rounds,
      Classifications answers,
      Agreement agreement) {
    int weightBytes = precision == Precision.F16 ? HALF : Float.BYTES;
    Traffic traffic = Traffic.of(config, subject.tokens(), exitLayers(answers));
    boolean tensorCores = settings.tensorCores(precision);
    return measurement(
        contestant,
        settings.backend() + (tensorCores ? " (tensor cores), " : ", ") + policy,
        aim,
        rounds,
        answers,
        answers.statistics().flops() - answers.statistics().sharedFlops(),
        traffic.bytes(weightBytes, Float.BYTES),
        (tensorCores ? Precision.F16 : Precision.F32).key(),
        agreement);
  }

  private Measurement theirs(Rounds rounds, Classifications fullDepth, Agreement agreement) {
    int bytes = precision == Precision.F16 ? HALF : Float.BYTES;
    Traffic traffic = Traffic.of(config, subject.tokens(), exitLayers(fullDepth));
    boolean tf32 = precision == Precision.F32 && settings.tf32();
    return measurement(
        1,
        "PyTorch, full depth",
        0,
        rounds,
        fullDepth,
        fullDepth.statistics().fullDepthFlops(),
        traffic.bytes(bytes, bytes),
        tf32 ? "tf32" : precision.key(),
        agreement);
  }

  private Measurement measurement(
      int contestant,
      String name,
      double aim,
      Rounds rounds,
      Classifications answers,
      long flops,
      long bytes,
      String format,
      Agreement agreement) {
    Spread seconds = rounds.seconds(contestant);
    double rows = answers.size();
    double flopsPerSecond = flops / seconds.median();
    SortedMap<Integer, Integer> exits = new TreeMap<>();
    for (int layer : exitLayers(answers)) {
      exits.merge(layer, 1, Integer::sum);
    }
    return new Measurement(
        name,
        rounds.seconds()[contestant],
        new Spread(rows / seconds.median(), rows / seconds.most(), rows / seconds.least()),
        rounds.speedup(contestant, 1),
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
    List<double[]> logits = new ArrayList<>();
    for (int row = 0; row < answers.size(); row++) {
      logits.add(Agreement.logits(answers.probabilities(row)));
    }
    return logits.toArray(new double[0][]);
  }
}
