package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.engine.RowCost;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.pipeline.calibrate.CalibrationPlan;
import org.sparkadept.pipeline.calibrate.Choice;
import org.sparkadept.pipeline.calibrate.RiskControl;
import org.sparkadept.pipeline.outcome.OutcomePass;
import org.sparkadept.pipeline.outcome.OutcomeSums;
import org.sparkadept.pipeline.outcome.ThresholdGrid;
import org.sparkadept.pipeline.output.StagedModel;
import org.sparkadept.pipeline.output.WorkFolder;
import org.sparkadept.pipeline.progress.RowCounter;
import org.sparkadept.pipeline.table.LabelNames;
import org.sparkadept.pipeline.table.TextsAndLabels;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.conf.ScoringOptions;
import org.sparkadept.udfs.model.ModelLocation;
import org.sparkadept.udfs.table.NamedColumn;
import org.sparkadept.udfs.table.TextColumns;

/**
 * The fit of ADEPT's parts for a frozen backbone, pass by pass:
 *
 * <ol>
 *   <li>{@link SplitRows} splits and checks the rows and stores them;
 *   <li>{@link StatePass} stores what heads read at every exit layer, {@link HeadFit} fits the exit
 *       heads, {@link ReadOutSelection} finds the reference and, where rows may have several
 *       labels, {@link LabelThresholds} their thresholds;
 *   <li>{@link TokenExitFit} fits hidden state mapper and token policies on sampled train rows;
 *   <li>{@link ReadOutPass} reads the stored states out at every exit, and {@link PolicyFit} fits
 *       the exit policy, last exit first;
 *   <li>{@link RiskControl} chooses τ on the calibration rows.
 * </ol>
 *
 * <p>Rows stay on the cluster; the driver receives weights, sums and samples of bounded size, the
 * largest of {@link HeadRows#most} rows. What a pass has stored is kept until the fit ends well,
 * and the next run with the same settings, model and rows takes it up.
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
    settings.checkPrompt(existing.config().maxPositions());
    StagedModel.check(settings.model(), settings.output());
    Dataset<Row> split = SplitRows.of(input, settings);
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try (WorkFolder work =
        WorkFolder.open(settings.output(), "fit", FitContext.PRELIMINARY, hadoop)) {
      try (StagedModel staging = stage(work)) {
        FitContext fit =
            new FitContext(spark, settings, compute, work, staging, counter, progress, start);
        FitResult result = run(fit, existing, input, repartitioned(split, partitions));
        work.done();
        return result;
      } catch (RuntimeException | Error e) {
        if (!work.kept().isEmpty()) {
          progress.accept(
              "fit: what is finished is kept in "
                  + work.folder()
                  + "; the same command goes on from there");
        }
        throw e;
      }
    }
  }

  private StagedModel stage(WorkFolder work) {
    return StagedModel.create(
        settings.model(), settings.output(), ModelDraft.FILES, work.path(FitContext.MODEL));
  }

  private FitResult run(FitContext fit, HeadPlan existing, Dataset<?> input, Dataset<Row> split) {
    if (existing.tunedSplit() != null && !existing.tunedSplit().isSame(settings.tunedSplit())) {
      warn(
          "The model was tuned on rows that were split otherwise ("
              + existing.tunedSplit()
              + "). If these are the same rows, the guarantee does not hold: give the same options"
              + " of the split.");
    }
    fit.announce(1, "splitting the rows");
    Dataset<Row> rows = fit.store(split, FitContext.ROWS);
    SplitCounts counts = SplitRows.count(rows, settings.columns());
    counts.checkLabels();
    Set<String> labels = counts.labels().keySet();
    List<String> order = LabelNames.ordered(SplitRows.label(input, settings), labels);
    ModelDraft initial =
        existing
            .draft(settings.heads(), labels, counts.multiLabel(), order)
            .withPrompt(settings.prompt());
    boolean keepsHeads = initial.hasAllHeads();
    List<String> replaced = existing.replacedBy(initial);
    if (!replaced.isEmpty()) {
      warn(
          "The model's heads, for the labels "
              + HeadPlan.shortened(replaced)
              + ", are replaced by heads for "
              + HeadPlan.shortened(initial.labels())
              + ", and with them its exit policy, token exits, mapper and calibration.");
    }
    check(counts, keepsHeads);
    TokenExitFit.check(settings.tokens(), initial.exitLayers());
    memory(existing, initial).check(spark.sparkContext());
    fit.begin(rows);

    Dataset<Row> states = states(fit, initial, rows);
    Heads heads = heads(fit, initial, states, keepsHeads);
    ModelDraft withTokenExits = new TokenExitFit(fit).fit(heads.draft(), rows, states);
    ModelDraft fitted =
        PolicyFit.fit(
            withTokenExits,
            readOuts(fit, existing.config(), heads, states),
            settings.policy(),
            fit.announcer(4, "exit policy", withTokenExits.reference()));

    Path directory = fit.staging().draft();
    fitted.write(directory);
    Choice choice = choose(fit, fitted, directory, rows);
    fitted.write(directory, choice, settings.policy());
    return FitResult.of(
        fit.staging().publish(directory),
        fitted,
        replaced,
        keepsHeads,
        heads.selection(),
        counts,
        choice,
        fit.seconds());
  }

  private void warn(String message) {
    LOG.warn(message);
    progress.accept("fit: " + message);
  }

  private FitMemory memory(HeadPlan existing, ModelDraft draft) {
    return FitMemory.of(
        existing.config(),
        draft.reference(),
        Math.min(
            spark.sparkContext().defaultParallelism(), Runtime.getRuntime().availableProcessors()),
        draft.hasAllHeads() ? 0 : widest(draft).size(draft.backbone().width()),
        settings.heads().inputs().size(),
        draft.exitLayers().length,
        draft.labels().size(),
        draft.rule().isMultiLabel(),
        spark.sparkContext().isLocal(),
        TokenExitFit.most(settings.tokens()));
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
    Dataset<Row> wanted =
        needsTrain
            ? rows.filter(col(SplitRows.SPLIT).notEqual(SplitCounts.CALIBRATION))
            : SplitRows.only(SplitCounts.VALIDATION, rows);
    return fit.stored(
        2,
        "states",
        "states of the " + (needsTrain ? "train and validation rows" : "validation rows"),
        () ->
            StatePass.over(
                wanted,
                fit.write(draft, PolicyKind.NONE, TokenExitKind.NONE),
                draft.labels(),
                draft.exitLayers(),
                widest(draft)));
  }

  /** The input that has all others in front. */
  private ExitHead.Input widest(ModelDraft draft) {
    ExitHead.Input widest = ExitHead.Input.CLASS_TOKEN;
    for (ExitHead.Input input :
        draft.hasAllHeads()
            ? draft.heads().values().stream().map(ModelDraft.Head::input).toList()
            : settings.heads().inputs()) {
      widest = input.compareTo(widest) > 0 ? input : widest;
    }
    return widest;
  }

  /**
   * A draft with all heads, cut at the reference.
   *
   * @param folded the heads as they answer the rows of the fit, up to the reference
   */
  private record Heads(ModelDraft draft, CrossFittedHeads folded, ReadOutSelection selection) {}

  /** Fits heads, unless they are kept, and chooses the reference. */
  private Heads heads(FitContext fit, ModelDraft draft, Dataset<Row> states, boolean keepsHeads) {
    SortedMap<Integer, ModelDraft.Head> heads = new TreeMap<>(draft.heads());
    SortedMap<Integer, CrossFittedHead> folded = new TreeMap<>();
    if (!keepsHeads) {
      int[] layers = Arrays.stream(draft.exitLayers()).filter(draft::needsHead).toArray();
      new HeadFit(
              states, draft.labels().size(), draft.backbone().width(), settings.heads().inputs())
          .fit(
              layers,
              settings.heads().regParam(),
              fit.announcer(2, "exit head", draft.backbone().layers()))
          .forEach(
              (layer, fitted) -> {
                heads.put(layer, fitted.head());
                folded.put(layer, fitted.folded());
              });
    }
    for (int layer : draft.exitLayers()) {
      folded.computeIfAbsent(layer, at -> CrossFittedHead.of(draft.head(at)));
    }
    fit.announce(2, "accuracy after each exit");
    boolean chosen = settings.heads().depth().auto() && !draft.keepsOwnHead();
    LabelRule rule = draft.rule();
    ReadOutSelection selection =
        ReadOutSelection.of(states, CrossFittedHeads.of(folded, draft.ensemble(), rule), chosen);
    int above = selection.reference() + 1;
    CrossFittedHeads upToReference =
        CrossFittedHeads.of(folded.headMap(above), draft.ensemble(), rule);
    if (rule.isMultiLabel()) {
      fit.announce(2, "thresholds of the labels");
      rule = LabelThresholds.choose(states, upToReference);
    }
    return new Heads(
        draft.withHeads(heads.headMap(above)).withRule(rule),
        upToReference.withRule(rule),
        selection);
  }

  private Dataset<Row> readOuts(
      FitContext fit, ModelConfig config, Heads heads, Dataset<Row> states) {
    fit.announce(4, "read-outs of all exits");
    Broadcast<CrossFittedHeads> sent = heads.folded().broadcast(spark);
    try {
      return fit.store(
          ReadOutPass.over(
              states,
              sent,
              new RowCost(config, heads.draft().reference()),
              settings.policy().readsState(),
              settings.target().kind()),
          FitContext.READ_OUTS);
    } finally {
      sent.destroy();
    }
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
            draft.rule(),
            draft.exitLayers(),
            fit.options(),
            draft.hasTokenExits(),
            PolicyKind.ADEPT,
            ThresholdGrid.frontier(ThresholdGrid.HEAD_POLICIES, draft.exitLayers().length, null),
            true);
    Dataset<Row> labelled =
        TextsAndLabels.of(
            SplitRows.only(SplitCounts.CALIBRATION, rows),
            TextColumns.of(new NamedColumn(SplitRows.TEXT, "text")),
            new NamedColumn(SplitRows.LABEL, "label"),
            draft.rule().isMultiLabel());
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

  private Dataset<Row> repartitioned(Dataset<Row> rows, int partitions) {
    if (partitions == 0) {
      return rows;
    }
    return rows.repartition(
        partitions > 0 ? partitions : spark.sparkContext().defaultParallelism());
  }
}
