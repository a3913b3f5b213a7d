package org.sparkadept.pipeline.tune;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.AdeptWriter;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.pipeline.calibrate.RiskControl;
import org.sparkadept.pipeline.ml.fit.AdeptFit;
import org.sparkadept.pipeline.ml.fit.FitResult;
import org.sparkadept.pipeline.ml.fit.FitSettings;
import org.sparkadept.pipeline.ml.fit.SplitCounts;
import org.sparkadept.pipeline.ml.fit.SplitRows;
import org.sparkadept.pipeline.output.OutputException;
import org.sparkadept.pipeline.output.StagedModel;
import org.sparkadept.pipeline.progress.RowCounter;
import org.sparkadept.pipeline.report.data.Provenance;
import org.sparkadept.pipeline.report.data.Tuning;
import org.sparkadept.pipeline.table.LabelNames;
import org.sparkadept.training.model.WeightPlan;
import org.sparkadept.training.torch.PyTorch;
import org.sparkadept.training.tune.EpochResult;
import org.sparkadept.training.tune.TuneListener;
import org.sparkadept.training.tune.TuneProgress;
import org.sparkadept.training.tune.TuneResult;
import org.sparkadept.training.tune.TuneSettings;
import org.sparkadept.training.tune.TunedModel;
import org.sparkadept.training.tune.Tuner;

/**
 * Tunes a backbone with its exit heads on labelled rows, then fits policies and threshold to it.
 * Tuning sees the train and validation rows only: the guarantee needs others.
 */
public final class TuneJob {
  private final SparkSession spark;
  private final FitSettings settings;
  private final TuneOptions options;
  private final ComputeOptions compute;
  private final Consumer<String> progress;

  /**
   * @param settings of the fit; its model is the backbone, its output the directory to create
   * @param options of the tuning
   * @param compute where models are computed that do not learn
   * @param progress receives a line for each step
   */
  public TuneJob(
      SparkSession spark,
      FitSettings settings,
      TuneOptions options,
      ComputeOptions compute,
      Consumer<String> progress) {
    this.spark = spark;
    this.settings = settings;
    this.options = options;
    this.compute = compute;
    this.progress = progress;
  }

  /**
   * What became of it.
   *
   * @param tuning how the run went
   * @param settings it was made with
   * @param labels label names
   * @param layers of the backbone before it was cut
   * @param train rows that weights were fitted on
   * @param validation rows that the best epoch was chosen by
   * @param fit what was fitted to the tuned model; null where it was not
   * @param model the model directory
   */
  public record Outcome(
      TuneResult tuning,
      TuneSettings settings,
      List<String> labels,
      int layers,
      long train,
      long validation,
      FitResult fit,
      Path model) {

    /** The report of the tuning. */
    public Tuning report(Provenance provenance) {
      return new Tuning(
          provenance,
          model.toString(),
          train,
          validation,
          tuning.seconds(),
          labels,
          settings.loss().multiLabel(),
          layers,
          settings.exits().exitLayers(),
          settings.exits().exitLayers().get(tuning.best().mostAccurate()),
          settings.precision().toString(),
          settings.exits().loraRank(),
          tuning.best().epoch(),
          tuning.epochs().stream()
              .map(at -> new Tuning.Epoch(at.epoch(), list(at.accuracy()), list(at.losses())))
              .toList(),
          tuning.curve().stream()
              .map(at -> new Tuning.Steps(at.epoch(), list(at.losses())))
              .toList());
    }

    private static List<Double> list(double[] numbers) {
      return Arrays.stream(numbers).boxed().toList();
    }
  }

  /**
   * Tunes and fits.
   *
   * @param input the labelled rows
   * @param partitions as for a fit
   * @param fits whether policies and threshold are fitted
   * @throws AdeptException for what its user can correct
   */
  public Outcome run(Dataset<?> input, int partitions, boolean fits) {
    PyTorch.requireLibraries();
    StagedModel.check(settings.model(), settings.output());
    if (settings.output().toFile().exists()) {
      throw new OutputException(
          settings.output()
              + " is the backbone; tuning changes its weights, so name a new directory.");
    }
    Dataset<Row> split = SplitRows.of(input, settings);
    try (ModelDirectory backbone = ModelDirectory.openBackbone(settings.model())) {
      backbone.checkpoint().requireTokenizer();
      WeightPlan.requireTunable(backbone.tensors());
      ModelConfig config = backbone.config();
      settings.checkPrompt(config.maxPositions());
      TuneSettings tuning = options.settings(config.layers(), SplitRows.isMultiLabel(split));
      if (fits) {
        settings.checkTokenExits(tuning.exits().exitLayers());
      }
      int maxTokens =
          Classifier.maxTokens(
              settings.model().directory(), config.maxPositions(), settings.maxTokens());
      progress.accept("reading the rows");
      SplitCounts counts = SplitRows.count(split, settings.columns());
      counts.checkLabels();
      counts.checkTrain();
      if (fits) {
        RiskControl.perSequence(settings.target(), settings.tokens() != null)
            .checkRows(counts.rows(SplitCounts.CALIBRATION));
      }
      List<String> labels =
          LabelNames.ordered(SplitRows.label(input, settings), counts.labels().keySet());
      RowCounter counter = RowCounter.register(spark.sparkContext());
      Teacher teacher =
          Teacher.of(
              options.distilFrom(),
              compute,
              labels,
              settings.prompt(),
              counts.multiLabel(),
              counter);
      TuneRows rows =
          TuneRows.collect(
              split,
              counts.rows(SplitCounts.TRAIN) + counts.rows(SplitCounts.VALIDATION),
              settings.model().directory().toAbsolutePath().toString(),
              settings.prompt(),
              maxTokens,
              config.vocabulary(),
              labels,
              teacher,
              counter);
      try (TuneFolder folder =
          TuneFolder.open(settings.output(), spark.sparkContext().hadoopConfiguration())) {
        return run(input, partitions, fits, config, tuning, labels, rows, folder);
      }
    }
  }

  private Outcome run(
      Dataset<?> input,
      int partitions,
      boolean fits,
      ModelConfig config,
      TuneSettings tuning,
      List<String> labels,
      TuneRows rows,
      TuneFolder folder) {
    announce(config, tuning, rows);
    String measure = Tuning.measure(tuning.loss().multiLabel());
    try {
      TuneResult result =
          Tuner.run(
              settings.model(),
              folder.run(),
              rows.train(),
              rows.validation(),
              labels,
              tuning,
              new Progress(measure));
      int reference = tuning.exits().exitLayers().get(result.best().mostAccurate());
      progress.accept(
          String.format(
              "the exit of the highest %s is that after layer %d of %d; layers above it are left out",
              measure, reference, config.layers()));
      TunedModel model = result.model().upTo(reference);
      Path tuned =
          folder.model(
              model.trained(),
              directory -> write(model, tuning, checkpointLayers(config), directory));
      FitResult fit = null;
      Path output = settings.output();
      if (fits) {
        fit =
            new AdeptFit(spark, settings.ofTuned(tuned, reference), progress)
                .run(input, partitions);
      } else {
        folder.publish(tuned, output);
      }
      folder.done();
      return new Outcome(
          result,
          tuning,
          labels,
          config.layers(),
          rows.train().size(),
          rows.validation().size(),
          fit,
          output);
    } catch (RuntimeException | Error e) {
      if (folder.holdsRun()) {
        progress.accept(
            "what is finished is kept in "
                + folder.path()
                + "; the same command goes on from there");
      }
      throw e;
    }
  }

  private void announce(ModelConfig config, TuneSettings tuning, TuneRows rows) {
    int longest = 1;
    long tokens = 0;
    for (int i = 0; i < rows.train().size(); i++) {
      int length = rows.train().get(i).tokens().length;
      longest = Math.max(longest, length);
      tokens += length;
    }
    TuneMemory memory = TuneMemory.of(config, tuning, longest);
    progress.accept(
        String.format(
            "tuning the lower %d of %d layers, exits after layers %s, in %s, on %,d rows of %,d"
                + " tokens; %,d rows validate",
            tuning.exits().depth(),
            config.layers(),
            tuning.exits().exitLayers(),
            tuning.precision(),
            rows.train().size(),
            tokens,
            rows.validation().size()));
    if (rows.skipped() > 0) {
      progress.accept(rows.skipped() + " rows cannot be tokenized and are left out");
    }
    progress.accept("tuning needs about " + memory + " outside the heap");
    memory.check();
  }

  /** Of a backbone that was cut before, what it was cut from. */
  private int checkpointLayers(ModelConfig config) {
    try (ModelDirectory whole = ModelDirectory.open(settings.model().directory())) {
      return whole.adept().map(AdeptParts::checkpointLayers).orElse(config.layers());
    }
  }

  /** Backbone and heads, with no policy yet. */
  private void write(TunedModel model, TuneSettings tuning, int layers, Path directory) {
    model.export(directory);
    int[] exits = model.exits().exitLayers().stream().mapToInt(Integer::intValue).toArray();
    AdeptWriter writer =
        new AdeptWriter(model.labels(), exits, PolicyKind.NONE, Float.NaN)
            .rule(
                tuning.loss().multiLabel()
                    ? LabelRule.multiLabel(model.labels().size())
                    : LabelRule.SINGLE_LABEL)
            .checkpointLayers(layers)
            .tunedSplit(settings.tunedSplit())
            .prompt(settings.prompt());
    model
        .heads()
        .forEach(head -> writer.head(head.exitLayer(), head.input(), head.weight(), head.bias()));
    writer.write(directory);
  }

  private final class Progress implements TuneListener {
    private final String measure;

    /**
     * @param measure what the accuracy is
     */
    private Progress(String measure) {
      this.measure = measure;
    }

    @Override
    public void notice(String message) {
      progress.accept("tune: " + message);
    }

    @Override
    public void progress(TuneProgress point) {
      progress.accept("tune: " + point);
    }

    @Override
    public void epoch(EpochResult result) {
      progress.accept("tune: " + result.line(measure));
    }
  }
}
