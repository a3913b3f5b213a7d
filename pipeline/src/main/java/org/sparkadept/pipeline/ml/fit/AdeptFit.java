package org.sparkadept.pipeline.ml.fit;

import static org.apache.spark.sql.functions.col;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fit.MapperSums;
import org.sparkadept.pipeline.calibrate.CalibrationPlan;
import org.sparkadept.pipeline.calibrate.Choice;
import org.sparkadept.pipeline.calibrate.RiskControl;
import org.sparkadept.pipeline.outcome.BatchBounds;
import org.sparkadept.pipeline.outcome.FittedPolicies;
import org.sparkadept.pipeline.outcome.OutcomePass;
import org.sparkadept.pipeline.outcome.OutcomeSums;
import org.sparkadept.pipeline.outcome.ThresholdGrid;
import org.sparkadept.pipeline.progress.RowCounter;
import org.sparkadept.pipeline.table.TextsAndLabels;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.model.ModelLocation;
import org.sparkadept.udfs.scoring.ScoringOptions;
import org.sparkadept.udfs.table.NamedColumn;

/**
 * The fit of ADEPT's parts for a frozen backbone, pass by pass:
 *
 * <ol>
 *   <li>the rows, divided and checked, to a folder of their own;
 *   <li>full depth over the rows that are fitted on: states, and from them the exit heads;
 *   <li>the hidden state mapper and the token policy, from sampled train rows;
 *   <li>every exit over the validation rows, and from them the exit policy, backward;
 *   <li>every exit over the calibration rows, and from them τ.
 * </ol>
 *
 * <p>Rows stay on the cluster; what comes to the driver is weights, sums and a sample of bounded
 * size. Runs once.
 */
public final class AdeptFit {
  private static final Logger LOG = LoggerFactory.getLogger(AdeptFit.class);
  private static final int PASSES = 5;
  private static final int MAX_TOKEN_LAYERS = 4;

  private final SparkSession spark;
  private final FitSettings settings;
  private final DecoderOptions decoder;
  private final Consumer<String> progress;
  private final RowCounter counter;
  private final long start = System.nanoTime();

  /**
   * @param settings what is fitted on what
   * @param progress told each step in a line
   */
  public AdeptFit(SparkSession spark, FitSettings settings, Consumer<String> progress) {
    this.spark = spark;
    this.settings = settings;
    decoder = settings.decoder().withDevice(AdeptConf.of(spark).deviceOptions());
    this.progress = progress;
    counter = RowCounter.register(spark.sparkContext());
  }

  /**
   * Fits.
   *
   * @param input the labelled rows
   * @param partitions how many partitions they are dealt out to; 0 leaves them as they come;
   *     negative deals them out to one for each core
   * @return the model directory and what it rests on
   * @throws AdeptException for what its user can mend; Spark's own exceptions otherwise
   */
  public FitResult run(Dataset<?> input, int partitions) {
    HeadPlan plan = HeadPlan.read(settings.model());
    int[] exitLayers = plan.exitLayers(settings.exitLayers());
    Dataset<Row> named = DividedRows.of(input, settings);
    try (Workplace workplace = Workplace.open(settings.model(), settings.output())) {
      tell(1, "dividing the rows");
      Dataset<Row> rows = stored(dealt(named, partitions), workplace, "rows");
      SplitCounts counts = DividedRows.count(rows);
      boolean keeps = check(plan, exitLayers, counts);
      FittedParts parts = parts(plan, exitLayers, counts, keeps);
      Dataset<Row> states = states(rows, workplace, parts, keeps);
      if (!keeps) {
        fitHeads(states, parts);
      }
      Map<Integer, Double> mapperErrors = fitTokens(rows, states, workplace, parts);
      fitPolicy(states, workplace, parts);
      return calibrate(rows, workplace, parts, counts, keeps, mapperErrors);
    }
  }

  private boolean check(HeadPlan plan, int[] exitLayers, SplitCounts counts) {
    counts.checkLabels();
    boolean keeps = plan.keeps(settings.heads(), exitLayers, counts.labels().keySet());
    if (!keeps) {
      counts.checkTrain();
    }
    RiskControl.each(settings.target(), settings.tokens() != null)
        .checkRows(counts.rows(SplitCounts.CALIBRATION));
    return keeps;
  }

  private FittedParts parts(HeadPlan plan, int[] exitLayers, SplitCounts counts, boolean keeps) {
    List<String> labels = keeps ? plan.labels() : plan.labelsToFit(counts.labels().keySet());
    FittedParts parts = new FittedParts(labels, exitLayers, plan.config().width(), plan.ownHead());
    if (keeps) {
      parts.heads.putAll(plan.heads());
      parts.heads.keySet().removeIf(layer -> Arrays.binarySearch(exitLayers, layer) < 0);
    }
    return parts;
  }

  private Dataset<Row> states(
      Dataset<Row> rows, Workplace workplace, FittedParts parts, boolean keeps) {
    tell(2, "states of the " + (keeps ? "validation rows" : "train and validation rows"));
    Path draft = workplace.draft();
    parts.write(draft, "none", Float.NaN, false, Map.of(), Map.of());
    Dataset<Row> wanted =
        keeps
            ? rows.filter(col(DividedRows.SPLIT).equalTo(SplitCounts.VALIDATION))
            : rows.filter(col(DividedRows.SPLIT).notEqual(SplitCounts.CALIBRATION));
    Dataset<Row> states =
        StatePass.over(
            wanted,
            draft.toString(),
            options("none", "none"),
            parts.labels,
            parts.exitLayers,
            counter);
    return stored(states, workplace, "states");
  }

  private void fitHeads(Dataset<Row> states, FittedParts parts) {
    Dataset<Row> train = states.filter(col(DividedRows.SPLIT).equalTo(SplitCounts.TRAIN));
    for (int layer : parts.exitLayers) {
      if (layer < parts.layers() || !parts.ownHead) {
        tell(2, "exit head after layer " + layer + " of " + parts.layers());
        parts.heads.put(layer, HeadFit.fit(train, layer, parts.labels.size(), settings.regParam()));
      }
    }
  }

  private Map<Integer, Double> fitTokens(
      Dataset<Row> rows, Dataset<Row> states, Workplace workplace, FittedParts parts) {
    Map<Integer, Double> errors = new TreeMap<>();
    FitSettings.TokenSettings tokens = settings.tokens();
    List<Integer> layers = tokens == null ? List.of() : tokenLayers(parts);
    if (layers.isEmpty()) {
      return errors;
    }
    Path draft = workplace.draft();
    parts.write(draft, "none", Float.NaN, false, Map.of(), Map.of());
    DecoderOptions options = options("none", "none");
    Dataset<Row> train = rows.filter(col(DividedRows.SPLIT).equalTo(SplitCounts.TRAIN));
    double length = states.agg(functions.avg(StatePass.TOKENS)).head().getDouble(0);
    long seed = settings.split().seed();
    long count = (long) Math.ceil(tokens.mapperTokens() / length);
    JavaRDD<byte[]> sample = SampledRows.of(spark, train, count, seed);
    JavaRDD<byte[]> few = SampledRows.of(spark, train, Math.min(count, tokens.policyRows()), seed);
    parts.tokenThreshold = (float) tokens.threshold();
    tell(3, "hidden state mapper after layers " + layers);
    TreeMap<Integer, TreeMap<Integer, FittedParts.Linear>> mappers = new TreeMap<>();
    for (MapperSums sums : MapperFit.sums(sample, draft.toString(), options, layers, counter)) {
      MapperFit.Fitted fitted = MapperFit.solve(sums, parts.layers(), tokens.ridge());
      errors.put(sums.exitLayer(), fitted.error());
      mappers.put(sums.exitLayer(), fitted.mapper());
    }
    tell(3, "token policies after layers " + layers);
    Dataset<Row> pairs =
        stored(
            TokenFit.pairs(spark, few, draft.toString(), options, mappers, settings, counter),
            workplace,
            "tokens");
    for (int layer : layers) {
      Preference policy = TokenFit.fit(pairs, layer, settings.policy().regParam());
      parts.tokens.put(
          layer,
          new FittedParts.Tokens(
              Floats.narrow(policy.weight(), 0, policy.weight().length),
              (float) policy.bias(),
              mappers.get(layer)));
    }
    return errors;
  }

  /** Those asked for; else exit layers of the lower half, at most four. */
  private List<Integer> tokenLayers(FittedParts parts) {
    List<Integer> asked = settings.tokens().exitLayers();
    for (int layer : asked) {
      if (layer >= parts.layers() || Arrays.binarySearch(parts.exitLayers, layer) < 0) {
        throw new AdeptException(
            "tokenExitLayers must be exit layers before the last, "
                + Arrays.toString(parts.exitLayers)
                + ", but are "
                + asked);
      }
    }
    return asked.isEmpty()
        ? Arrays.stream(parts.exitLayers)
            .filter(layer -> layer <= Math.max(1, parts.layers() / 2) && layer < parts.layers())
            .limit(MAX_TOKEN_LAYERS)
            .boxed()
            .toList()
        : asked;
  }

  private void fitPolicy(Dataset<Row> states, Workplace workplace, FittedParts parts) {
    tell(4, "exits of the validation rows");
    Path draft = workplace.draft();
    parts.write(draft, "adept", 0.5f, !parts.tokens.isEmpty(), Map.of(), Map.of());
    Dataset<Row> validation = states.filter(col(DividedRows.SPLIT).equalTo(SplitCounts.VALIDATION));
    Dataset<Row> traced =
        TracePass.over(
            validation,
            draft.toString(),
            options("adept", "model"),
            parts.exitLayers,
            settings.policy(),
            settings.target().kind(),
            counter);
    PolicyFit.fit(
        stored(traced, workplace, "exits"),
        parts,
        settings.policy(),
        layer -> tell(4, "exit policy after layer " + layer + " of " + parts.layers()));
  }

  private FitResult calibrate(
      Dataset<Row> rows,
      Workplace workplace,
      FittedParts parts,
      SplitCounts counts,
      boolean keeps,
      Map<Integer, Double> mapperErrors) {
    Path draft = workplace.draft();
    parts.write(draft, "adept", 0.5f, !parts.tokens.isEmpty(), Map.of(), Map.of());
    Choice choice =
        choose(rows.filter(col(DividedRows.SPLIT).equalTo(SplitCounts.CALIBRATION)), draft, parts);
    if (!choice.found()) {
      LOG.warn(
          "No threshold keeps to {} {} with confidence {} on {} rows; the model will run at full"
              + " depth",
          settings.target().kind().param(),
          settings.target().epsilon(),
          1 - settings.target().delta(),
          choice.outcomes().rows());
    }
    writeFinal(draft, parts, choice);
    Path output = workplace.publish(draft);
    return new FitResult(
        output,
        parts.labels,
        parts.exitLayers,
        keeps,
        counts.rows(SplitCounts.TRAIN),
        counts.rows(SplitCounts.VALIDATION),
        mapperErrors,
        choice,
        (System.nanoTime() - start) / 1e9);
  }

  private Choice choose(Dataset<Row> rows, Path draft, FittedParts parts) {
    boolean tokens = !parts.tokens.isEmpty();
    tell(5, "exits of the calibration rows" + (tokens ? ", without and with token exits" : ""));
    CalibrationPlan plan =
        CalibrationPlan.of(
            ModelLocation.local(draft),
            parts.labels,
            parts.exitLayers,
            decoder,
            tokens,
            "adept",
            ThresholdGrid.frontier(FittedPolicies.OF_ANY_HEADS, parts.exitLayers.length, null),
            true);
    OutcomeSums sums =
        OutcomePass.over(
            TextsAndLabels.of(
                rows,
                new NamedColumn(DividedRows.TEXT, "text"),
                new NamedColumn(DividedRows.LABEL, "label")),
            plan.outcomes(),
            new BatchBounds(Batches.ROWS, ScoringOptions.defaults().batchBytes()),
            counter);
    return RiskControl.choose(sums.outcomes(), plan.policy(), settings.target());
  }

  private void writeFinal(Path draft, FittedParts parts, Choice choice) {
    Map<String, Double> facts = new LinkedHashMap<>();
    facts.put("lambda", settings.policy().lambda());
    facts.put("beta", settings.policy().beta());
    parts.write(
        draft,
        choice.found() ? "adept" : "none",
        choice.threshold(),
        choice.tokens(),
        facts,
        Map.of("calibration", choice.figures()));
  }

  /** Backend and bound on tokens as asked for; exits as the pass needs them. */
  private DecoderOptions options(String policy, String tokenExit) {
    return decoder.withExit(decoder.exit().withPolicy(policy, Float.NaN).withTokenExit(tokenExit));
  }

  private Dataset<Row> stored(Dataset<Row> rows, Workplace workplace, String name) {
    String path = workplace.data(name);
    rows.write().parquet(path);
    return spark.read().schema(rows.schema()).parquet(path);
  }

  private Dataset<Row> dealt(Dataset<Row> rows, int partitions) {
    if (partitions == 0) {
      return rows;
    }
    return rows.repartition(
        partitions > 0 ? partitions : spark.sparkContext().defaultParallelism());
  }

  private void tell(int pass, String what) {
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    String line =
        String.format(
            "fit: pass %d of %d: %s · %d:%02d", pass, PASSES, what, seconds / 60, seconds % 60);
    LOG.info(line);
    progress.accept(line);
  }
}
