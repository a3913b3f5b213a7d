package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.pipeline.calibrate.CalibrationPlan;
import org.sparkadept.pipeline.calibrate.Choice;
import org.sparkadept.pipeline.calibrate.RiskControl;
import org.sparkadept.pipeline.outcome.OutcomePass;
import org.sparkadept.pipeline.outcome.OutcomeSums;
import org.sparkadept.pipeline.outcome.ThresholdGrid;
import org.sparkadept.pipeline.output.StagedModel;
import org.sparkadept.pipeline.progress.RowCounter;
import org.sparkadept.pipeline.table.LabelNames;
import org.sparkadept.pipeline.table.TextsAndLabels;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.conf.ScoringOptions;
import org.sparkadept.udfs.model.ModelLocation;
import org.sparkadept.udfs.table.NamedColumn;

/**
 * The fit of ADEPT's parts for a frozen backbone, pass by pass:
 *
 * <ol>
 *   <li>{@link SplitRows} splits and checks the rows and stores them;
 *   <li>{@link StatePass} stores hidden states at full depth, and {@link HeadFit} fits the exit
 *       heads on them;
 *   <li>{@link TokenExitFit} fits hidden state mapper and token policies on sampled train rows;
 *   <li>{@link TracePass} takes the validation rows through every exit, and {@link PolicyFit} fits
 *       the exit policy, last exit first;
 *   <li>{@link RiskControl} chooses τ on the calibration rows.
 * </ol>
 *
 * <p>Rows stay on the cluster; the driver receives weights, sums and a sample of bounded size.
 */
public final class AdeptFit {
  private static final Logger LOG = LoggerFactory.getLogger(AdeptFit.class);

  private final SparkSession spark;
  private final FitSettings settings;
  private final ComputeOptions compute;
  private final Consumer<String> progress;
  private final RowCounter counter;

  /**
   * @param settings of the fit
   * @param progress receives a line for each step
   */
  public AdeptFit(SparkSession spark, FitSettings settings, Consumer<String> progress) {
    this.spark = spark;
    this.settings = settings;
    compute =
        AdeptConf.of(spark).with(AdeptKey.COMPUTE_BACKEND, settings.backend()).computeOptions();
    this.progress = progress;
    counter = RowCounter.register(spark.sparkContext());
  }

  /**
   * Fits.
   *
   * @param input the labelled rows
   * @param partitions number of partitions to repartition them to; 0 keeps theirs; negative makes
   *     one for each core
   * @return the model directory and the figures of the fit
   * @throws AdeptException for what its user can correct; Spark's own exceptions otherwise
   */
  public FitResult run(Dataset<?> input, int partitions) {
    long start = System.nanoTime();
    HeadPlan existing = HeadPlan.read(settings.model());
    int[] exitLayers = existing.exitLayers(settings.exitLayers());
    Dataset<Row> split = SplitRows.of(input, settings);
    try (StagedModel staging =
        StagedModel.create(settings.model(), settings.output(), ModelDraft.FILES)) {
      FitContext fit = new FitContext(spark, settings, compute, staging, counter, progress, start);
      fit.announce(1, "splitting the rows");
      Dataset<Row> rows = fit.store(repartitioned(split, partitions), "rows");
      SplitCounts counts = SplitRows.count(rows, settings.columns());
      counts.checkLabels();
      Set<String> labels = counts.labels().keySet();
      List<String> order = LabelNames.ordered(SplitRows.label(input, settings), labels);
      ModelDraft initial = existing.draft(settings.heads(), exitLayers, labels, order);
      boolean keepsHeads = initial.hasAllHeads();
      check(counts, keepsHeads);

      Dataset<Row> states = states(fit, initial, rows);
      ModelDraft withHeads =
          HeadFit.fit(
              initial,
              states,
              settings.regParam(),
              fit.announcer(2, "exit head", initial.layers()));
      ModelDraft withTokenExits = new TokenExitFit(fit).fit(withHeads, rows, states);
      Dataset<Row> traces = traces(fit, withTokenExits, states);
      ModelDraft fitted =
          PolicyFit.fit(
              withTokenExits,
              traces,
              settings.policy(),
              fit.announcer(4, "exit policy", initial.layers()));

      Path directory = staging.draft();
      fitted.write(directory);
      Choice choice = choose(fit, fitted, directory, rows);
      fitted.write(directory, choice, settings.policy());
      return result(staging.publish(directory), fitted, keepsHeads, counts, choice, fit.seconds());
    }
  }

  private void check(SplitCounts counts, boolean keepsHeads) {
    if (!keepsHeads) {
      counts.checkTrain();
    }
    RiskControl.perSequence(settings.target(), settings.tokens() != null)
        .checkRows(counts.rows(SplitCounts.CALIBRATION));
  }

  private Dataset<Row> states(FitContext fit, ModelDraft draft, Dataset<Row> rows) {
    boolean needsTrain = !draft.hasAllHeads();
    fit.announce(
        2, "states of the " + (needsTrain ? "train and validation rows" : "validation rows"));
    Dataset<Row> wanted =
        needsTrain
            ? rows.filter(col(SplitRows.SPLIT).notEqual(SplitCounts.CALIBRATION))
            : SplitRows.only(SplitCounts.VALIDATION, rows);
    TaskModel model = fit.write(draft, PolicyKind.NONE, TokenExitKind.NONE);
    return fit.store(StatePass.over(wanted, model, draft.labels(), draft.exitLayers()), "states");
  }

  private Dataset<Row> traces(FitContext fit, ModelDraft draft, Dataset<Row> states) {
    fit.announce(4, "exits of the validation rows");
    return fit.store(
        TracePass.over(
            SplitRows.only(SplitCounts.VALIDATION, states),
            fit.write(draft, PolicyKind.ADEPT, TokenExitKind.MODEL),
            draft.exitLayers(),
            settings.policy(),
            settings.target().kind()),
        "exits");
  }

  private Choice choose(FitContext fit, ModelDraft draft, Path directory, Dataset<Row> rows) {
    fit.announce(
        5,
        "exits of the calibration rows"
            + (draft.hasTokenExits() ? ", without and with token exits" : ""));
    CalibrationPlan plan =
        CalibrationPlan.of(
            ModelLocation.local(directory),
            compute,
            draft.labels(),
            draft.exitLayers(),
            fit.options(),
            draft.hasTokenExits(),
            PolicyKind.ADEPT,
            ThresholdGrid.frontier(ThresholdGrid.HEAD_POLICIES, draft.exitLayers().length, null),
            true);
    Dataset<Row> labelled =
        TextsAndLabels.of(
            SplitRows.only(SplitCounts.CALIBRATION, rows),
            new NamedColumn(SplitRows.TEXT, "text"),
            new NamedColumn(SplitRows.LABEL, "label"));
    OutcomeSums sums =
        OutcomePass.over(labelled, plan.outcomes(), ScoringOptions.defaults(), counter);
    Choice choice = RiskControl.choose(sums.outcomes(), plan.policy(), settings.target());
    if (!choice.found()) {
      LOG.warn(
          "No threshold meets {} {} with confidence {} on {} rows; the model will run at"
              + " full depth",
          settings.target().kind().param(),
          settings.target().epsilon(),
          1 - settings.target().delta(),
          choice.outcomes().rows());
    }
    return choice;
  }

  private static FitResult result(
      Path model,
      ModelDraft fitted,
      boolean keptHeads,
      SplitCounts counts,
      Choice choice,
      double seconds) {
    TreeMap<Integer, Double> mapperErrors = new TreeMap<>();
    fitted.tokenExits().forEach((layer, exit) -> mapperErrors.put(layer, exit.mapperError()));
    return new FitResult(
        model,
        fitted.labels(),
        fitted.exitLayers(),
        keptHeads,
        counts.rows(SplitCounts.TRAIN),
        counts.rows(SplitCounts.VALIDATION),
        mapperErrors,
        choice,
        seconds);
  }

  private Dataset<Row> repartitioned(Dataset<Row> rows, int partitions) {
    if (partitions == 0) {
      return rows;
    }
    return rows.repartition(
        partitions > 0 ? partitions : spark.sparkContext().defaultParallelism());
  }
}
