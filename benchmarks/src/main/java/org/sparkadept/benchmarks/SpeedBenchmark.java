package org.sparkadept.benchmarks;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.sparkadept.benchmarks.measure.LabelledTexts;
import org.sparkadept.benchmarks.measure.Rounds;
import org.sparkadept.benchmarks.measure.SpeedRunner;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeBackends;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.result.Classifications;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Time of the scoring with early exits, beside full depth in the same engine. */
@Command(
    name = "speed",
    description = {
      "Wall-clock time of the scoring, tokenization left out, of a model with its exit policy",
      "beside policy none in the same engine: in one process, on the same rows, on one thread",
      "and on all cores (a thread each, as Spark's tasks have), in turns (A B A B …) after a",
      "warm-up; medians. A turn scores all rows, again and again where they take less than a",
      "second. The rows are JSON lines, plain or gzipped, with a field text."
    },
    mixinStandardHelpOptions = true)
final class SpeedBenchmark implements Callable<Integer> {
  private static final int MIN_ROUNDS = 3;
  private static final double TURN_SECONDS = 1;

  @Option(names = "--model", required = true, description = "Model directory.")
  private Path model;

  @Option(names = "--rows", required = true, description = "The rows.")
  private Path rows;

  @Option(names = "--labels", defaultValue = "label", description = "Field with the true label.")
  private String labels;

  @Option(names = "--limit", defaultValue = "2147483647", description = "Most rows to use.")
  private int limit;

  @Option(names = "--policy", defaultValue = "model", description = "Exit policy of the rows.")
  private String policy;

  @Option(
      names = "--threshold",
      split = ",",
      description = "Its thresholds, each a variant. Default: the model's.")
  private List<Float> thresholds = List.of(Float.NaN);

  @Option(names = "--token-exit", defaultValue = "model", description = "model, copy or none.")
  private String tokenExit;

  @Option(names = "--class-token-first", defaultValue = "on", description = "on or off.")
  private String classTokenFirst;

  @Option(names = "--merge", defaultValue = "on", description = "Merge survivors: on or off.")
  private String merge;

  @Option(names = "--ablations", description = "Leave each of these three out once, too.")
  private boolean ablations;

  @Option(
      names = "--backend",
      defaultValue = ComputeBackends.AUTO,
      description = "Compute backend.")
  private String backend;

  @Option(names = "--rounds", defaultValue = "5", description = "Rounds, at least 3.")
  private int rounds;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      description = "Seconds that each variant runs before it is timed. Default: 10.")
  private double warmUp;

  @Option(names = "--threads", split = ",", description = "Thread counts. Default: 1 and cores.")
  private List<Integer> threads;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    if (rounds < MIN_ROUNDS) {
      throw new ParameterException(spec.commandLine(), "--rounds must be at least 3.");
    }
    List<SpeedVariant> variants = new ArrayList<>();
    variants.add(SpeedVariant.fullDepth());
    for (float threshold : thresholds) {
      ClassifierOptions options =
          ClassifierOptions.defaults()
              .withPolicy(PolicyKind.parse(policy), threshold)
              .withClassTokenFirst(onOff("--class-token-first", classTokenFirst))
              .withTokenExit(TokenExitKind.parse(tokenExit))
              .withMergeSurvivors(onOff("--merge", merge));
      variants.addAll(SpeedVariant.of(options, ablations, hasTokenPolicy()));
    }
    LabelledTexts texts = LabelledTexts.read(rows, "text", labels, limit);
    ComputeOptions compute = ComputeOptions.defaults().withBackend(backend);
    try (LoadedModel loaded = LoadedModel.open(model, compute)) {
      List<Classifier> classifiers = new ArrayList<>();
      for (SpeedVariant variant : variants) {
        classifiers.add(loaded.classifier(variant.options()));
      }
      measure(variants, classifiers, texts);
    }
    return 0;
  }

  private boolean hasTokenPolicy() {
    try (ModelDirectory directory = ModelDirectory.open(model)) {
      return directory
          .adept()
          .map(parts -> parts.tokenPolicy() != null && parts.tokenPolicy().enabled())
          .orElse(false);
    }
  }

  private boolean onOff(String option, String value) {
    return switch (value) {
      case "on" -> true;
      case "off" -> false;
      default ->
          throw new ParameterException(
              spec.commandLine(), option + " is on or off, but not '" + value + "'.");
    };
  }

  private void measure(
      List<SpeedVariant> variants, List<Classifier> classifiers, LabelledTexts texts)
      throws Exception {
    List<SpeedTable.Quality> qualities = new ArrayList<>();
    Classifications fullDepth = null;
    for (Classifier classifier : classifiers) {
      Classifications answers = classifier.classify(texts.texts());
      fullDepth = fullDepth == null ? answers : fullDepth;
      qualities.add(SpeedTable.Quality.of(answers, fullDepth, texts.labels()));
    }
    int cores = Runtime.getRuntime().availableProcessors();
    PrintWriter out = spec.commandLine().getOut();
    List<Integer> counts =
        threads == null ? List.copyOf(new TreeSet<>(List.of(1, cores))) : threads;
    for (int count : counts) {
      List<Rounds.Runner> runners = new ArrayList<>();
      for (Classifier classifier : classifiers) {
        runners.add(new SpeedRunner(classifier, texts.texts(), count));
      }
      String title =
          String.format(
              Locale.ROOT,
              "%,d rows, %d of %d cores, medians of %d rounds",
              texts.texts().length,
              count,
              cores,
              rounds);
      double[] medians = Rounds.run(runners, rounds, warmUp, TURN_SECONDS).medians();
      out.print(SpeedTable.of(title, variants, qualities, medians));
      out.flush();
    }
  }
}
