package org.sparkadept.pipeline.ml.fit;

import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.adept.ModelFiles;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.pipeline.output.StagedModel;
import org.sparkadept.pipeline.output.WorkFolder;
import org.sparkadept.pipeline.progress.RowCounter;

/**
 * Settings, resources and progress that the passes of one fit share.
 *
 * @param settings of the fit
 * @param compute where models are computed
 * @param work keeps what finished passes have made
 * @param staging holds unfinished models
 * @param counter counts the rows of every pass
 * @param progress receives a line for each step
 * @param start when the fit began, as {@link System#nanoTime}
 */
record FitContext(
    SparkSession spark,
    FitSettings settings,
    ComputeOptions compute,
    WorkFolder work,
    StagedModel staging,
    RowCounter counter,
    Consumer<String> progress,
    long start) {
  private static final Logger LOG = LoggerFactory.getLogger(AdeptFit.class);
  private static final int PASSES = 5;

  /** The data set of pass 1, which is made anew by every run. */
  static final String ROWS = "rows";

  /** Unfinished models. */
  static final String MODEL = "model";

  /** The data set of {@link ReadOutPass}, which is made anew by every run. */
  static final String READ_OUTS = "read-outs";

  /** What every run makes anew. */
  static final Set<String> PRELIMINARY = Set.of(ROWS, MODEL, READ_OUTS);

  /** Another one where what passes store, or how they make it, has changed. */
  private static final String LAYOUT = "5";

  /** Writes a data set to the work folder, and reads it from there. */
  Dataset<Row> store(Dataset<Row> rows, String name) {
    String path = work.path(name).toUri().toString();
    rows.write().mode(SaveMode.Overwrite).parquet(path);
    return spark.read().schema(rows.schema()).parquet(path);
  }

  /**
   * A data set that a pass makes; where an earlier run has made it already, that one.
   *
   * @param step what is announced where it is made now
   */
  Dataset<Row> stored(int pass, String name, String step, Supplier<Dataset<Row>> rows) {
    if (work.has(name)) {
      announce(pass, step + ", taken up from an earlier run");
      return spark.read().parquet(work.path(name).toUri().toString());
    }
    announce(pass, step);
    return store(rows.get(), name);
  }

  /** Keeps what an earlier run has made of the same rows, by the same settings and model. */
  void begin(Dataset<Row> rows) {
    Row sums =
        rows.agg(
                functions.count(functions.lit(1)),
                functions.bit_xor(functions.xxhash64(SplitRows.columns())),
                functions.sum(
                    functions.pmod(
                        functions.xxhash64(SplitRows.columns()), functions.lit(1L << 30))))
            .head();
    String key =
        String.join(
            "\n",
            LAYOUT,
            settings.toString(),
            compute.toString(),
            ModelFiles.version(settings.model()),
            sums.toString());
    if (work.begin(key)) {
      announce(1, "an earlier run of this fit is taken up");
    }
  }

  /** How rows are read; each pass has exit settings of its own. */
  ClassifierOptions options() {
    return ClassifierOptions.defaults()
        .withMaxTokens(settings.maxTokens())
        .withLongRows(settings.longRows());
  }

  /** Writes an unfinished model to the staging folder, for a pass with the given exits. */
  TaskModel write(ModelDraft draft, PolicyKind policy, TokenExitKind tokenExit) {
    Path directory = staging.draft();
    draft.write(directory);
    return new TaskModel(
        directory.toString(),
        compute,
        options().withPolicy(policy, Float.NaN).withTokenExit(tokenExit),
        counter);
  }

  /** Logs and reports the next step of a pass. */
  void announce(int pass, String step) {
    long seconds = (System.nanoTime() - start) / 1_000_000_000;
    String line =
        String.format(
            "fit: pass %d of %d: %s · %d:%02d", pass, PASSES, step, seconds / 60, seconds % 60);
    LOG.info(line);
    progress.accept(line);
  }

  /** Announces a step of a pass for each exit layer that it receives. */
  IntConsumer announcer(int pass, String part, int layers) {
    return layer -> announce(pass, part + " after layer " + layer + " of " + layers);
  }

  /** Seconds since the fit began. */
  double seconds() {
    return (System.nanoTime() - start) / 1e9;
  }
}
