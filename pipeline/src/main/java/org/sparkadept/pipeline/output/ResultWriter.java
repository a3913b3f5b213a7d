package org.sparkadept.pipeline.output;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.table.InputColumns;

/**
 * Writes results. Folders of plain files are staged and committed by {@link StagedOutput}; tables,
 * databases and sources with commits of their own (Delta, Iceberg) are written by Spark directly,
 * under their own rules.
 */
public final class ResultWriter implements AutoCloseable {
  /** Partition column of a write that separates the rows with an error. */
  private static final String FAILED = "adept_failed";

  private final OutputSpec spec;
  private final StagedOutput staged;
  private final StagedOutput deadLetters;

  private ResultWriter(OutputSpec spec, StagedOutput staged, StagedOutput deadLetters) {
    this.spec = spec;
    this.staged = staged;
    this.deadLetters = deadLetters;
  }

  /**
   * Prepares a write.
   *
   * @param run a name that no other run has
   * @throws AdeptException if the output exists and must not, or the format cannot hold the result
   */
  public static ResultWriter begin(OutputSpec spec, String run, Configuration configuration) {
    spec.check();
    if (!spec.isFolder()) {
      return new ResultWriter(spec, null, null);
    }
    StagedOutput staged = stage(spec, run, configuration);
    try {
      StagedOutput deadLetters =
          spec.deadLetters() == null ? null : stage(spec.forDeadLetters(), run, configuration);
      ResultWriter writer = new ResultWriter(spec, staged, deadLetters);
      writer.requirePlaceForDeadLetters();
      return writer;
    } catch (RuntimeException e) {
      staged.close();
      throw e;
    }
  }

  private static StagedOutput stage(OutputSpec spec, String run, Configuration configuration) {
    return StagedOutput.begin(spec.location(), spec.mode(), run, configuration);
  }

  /**
   * Removes what dead runs of a job have staged.
   *
   * @param prefix what the names of all runs of the job begin with; none goes on
   */
  public static void removeStaged(OutputSpec spec, String prefix, Configuration configuration) {
    StagedOutput.removeStaged(spec.location(), prefix, configuration);
    if (spec.deadLetters() != null) {
      StagedOutput.removeStaged(spec.deadLetters(), prefix, configuration);
    }
  }

  /** With mode ignore, rows with an error would be lost where only their folder is there. */
  private void requirePlaceForDeadLetters() {
    try {
      if (deadLetters != null
          && spec.mode() == OutputMode.IGNORE
          && deadLetters.exists()
          && !staged.exists()) {
        deadLetters.close();
        throw new OutputException(
            "The folder "
                + spec.deadLetters()
                + " of --dead-letters exists, but not the output. Choose another folder, or another"
                + " --mode.");
      }
    } catch (IOException e) {
      throw new OutputException("The output " + location() + " cannot be read.", e);
    }
  }

  /** Whether there is nothing to do: the output exists and is to be left as it is. */
  public boolean isDone() {
    try {
      return staged != null && spec.mode() == OutputMode.IGNORE && staged.exists();
    } catch (IOException e) {
      throw new OutputException("The output " + location() + " cannot be read.", e);
    }
  }

  /**
   * Keeps what is written if the run ends before {@link #commit}, for {@link EarlierResults} to
   * find it. In the output, too, the description stays beside the files.
   *
   * @param session the session that writes
   */
  public void keepUnfinished(SparkSession session, EarlierResults.Description description) {
    session
        .conf()
        .set("spark.sql.sources.commitProtocolClass", KeepingCommitProtocol.class.getName());
    try {
      staged.keepUnfinished(EarlierResults.FILE, description.bytes());
      if (deadLetters != null) {
        deadLetters.describe(EarlierResults.FILE, description.bytes());
      }
    } catch (IOException e) {
      throw new OutputException("The output " + location() + " cannot be written: " + e, e);
    }
  }

  /**
   * Warns of what other runs have left beside the output.
   *
   * @param known what needs no warning
   */
  public void warnOfOthers(List<Path> known) {
    if (staged != null) {
      staged.warnOfOthers(known);
    }
  }

  /** Where the result is to be. */
  public String location() {
    return staged == null ? spec.location() : staged.target().toString();
  }

  /**
   * Computes the result and writes it; a folder is not in place before {@link #commit}.
   *
   * @param result the rows
   * @param errorColumn its column with the reason why a row has no answer
   */
  public void write(Dataset<Row> result, String errorColumn) {
    try (RunningTasks tasks = RunningTasks.of(result.sparkSession().sparkContext())) {
      save(result, errorColumn);
      tasks.haveEnded();
    }
  }

  private void save(Dataset<Row> result, String errorColumn) {
    if (deadLetters != null) {
      writeSeparated(result, InputColumns.column(errorColumn).isNotNull());
    } else if (staged != null) {
      save(writer(result, spec.partitionBy()), staged.staging());
    } else {
      DataFrameWriter<Row> writer = writer(result, spec.partitionBy()).mode(spec.mode().spark());
      switch (spec.format()) {
        case "table" -> writer.saveAsTable(spec.location());
        case "jdbc" -> writer.format("jdbc").option("dbtable", spec.location()).save();
        default -> writer.format(spec.format()).save(spec.location());
      }
    }
  }

  private DataFrameWriter<Row> writer(Dataset<Row> rows, List<String> partitionBy) {
    Dataset<Row> written = spec.format().equals("csv") ? CsvTexts.checked(rows) : rows;
    return written
        .write()
        .options(FileFormats.writeOptions(spec.format()))
        .options(spec.options())
        .partitionBy(partitionBy.toArray(String[]::new));
  }

  private void save(DataFrameWriter<Row> writer, Path folder) {
    writer.format(spec.format()).mode(SaveMode.Append).save(folder.toString());
  }

  /** Writes, in one pass, the rows with an error to the dead letters and the others as usual. */
  private void writeSeparated(Dataset<Row> result, Column failed) {
    List<String> partitionBy = new ArrayList<>(List.of(FAILED));
    partitionBy.addAll(spec.partitionBy());
    if (spec.partitionBy().isEmpty()) {
      // With a writer for each of the two, rows need not be sorted.
      result.sparkSession().conf().set("spark.sql.maxConcurrentOutputFileWriters", 2);
    }
    Path parts = new Path(staged.staging(), "_parts");
    save(writer(result.withColumn(FAILED, failed), partitionBy), parts);
    try {
      takeOver(staged, new Path(parts, FAILED + "=false"), result);
      takeOver(deadLetters, new Path(parts, FAILED + "=true"), result);
      staged.delete(parts);
    } catch (IOException e) {
      throw new OutputException(
          "The rows with an error cannot be written to --dead-letters: " + e.getMessage(), e);
    }
  }

  /**
   * A part without rows has no folder; where there is no table yet that it adds to, an empty one
   * takes its place.
   */
  private void takeOver(StagedOutput output, Path part, Dataset<Row> result) throws IOException {
    if (staged.holds(part)) {
      output.takeOver(part);
    } else if (spec.mode() != OutputMode.APPEND || !output.exists()) {
      SparkSession spark = result.sparkSession();
      save(writer(spark.createDataFrame(List.of(), result.schema()), List.of()), output.staging());
    }
  }

  /**
   * Puts a written folder in place.
   *
   * @throws OutputException if that cannot be done; a finished result is kept
   */
  public void commit() {
    if (deadLetters != null) {
      deadLetters.commit();
    }
    if (staged != null) {
      staged.commit();
    }
  }

  /**
   * Puts a batch of an incremental run in place, in an output of plain files.
   *
   * @param batch what the names of its files begin with; no other batch has it
   * @param again whether an earlier attempt may have put files in place
   * @param guard called before each change of the output; may refuse it by an exception
   */
  public void commitBatch(String batch, boolean again, Runnable guard) {
    if (deadLetters != null) {
      deadLetters.commitBatch(batch, again, guard);
    }
    staged.commitBatch(batch, again, guard);
  }

  /** Removes what is not committed. */
  @Override
  public void close() {
    if (deadLetters != null) {
      deadLetters.close();
    }
    if (staged != null) {
      staged.close();
    }
  }
}
