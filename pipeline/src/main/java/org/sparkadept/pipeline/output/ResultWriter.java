package org.sparkadept.pipeline.output;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.error.AdeptException;

/**
 * Writes results. Folders of plain files are staged and committed by {@link StagedOutput}; tables,
 * databases and sources with commits of their own (Delta, Iceberg) are written by Spark directly,
 * under their own rules.
 */
public final class ResultWriter implements AutoCloseable {
  /** Partition column of a write that separates rows: where each of them goes. */
  private static final String PLACE = "adept_place";

  /** The value of that column for rows of the output. */
  private static final String OUTPUT = "output";

  private final OutputSpec spec;
  private final StagedOutput staged;
  private final Map<Aside, StagedOutput> asides = new EnumMap<>(Aside.class);

  private ResultWriter(OutputSpec spec, StagedOutput staged) {
    this.spec = spec;
    this.staged = staged;
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
      return new ResultWriter(spec, null);
    }
    ResultWriter writer = new ResultWriter(spec, stage(spec, run, configuration));
    try {
      for (Aside aside : spec.asides().keySet()) {
        writer.asides.put(aside, stage(spec.forAside(aside), run, configuration));
      }
      writer.requirePlaceForAsides();
      return writer;
    } catch (RuntimeException e) {
      writer.close();
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
    for (String folder : spec.asides().values()) {
      StagedOutput.removeStaged(folder, prefix, configuration);
    }
  }

  /** With mode ignore, rows would be lost where only the folder beside the output is there. */
  private void requirePlaceForAsides() {
    try {
      for (Map.Entry<Aside, StagedOutput> aside : asides.entrySet()) {
        if (spec.mode() == OutputMode.IGNORE && aside.getValue().exists() && !staged.exists()) {
          throw new OutputException(
              String.format(
                  "The folder %s of %s exists, but not the output. Choose another folder, or"
                      + " another --mode.",
                  spec.asides().get(aside.getKey()), aside.getKey().option()));
        }
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
      for (StagedOutput aside : asides.values()) {
        aside.describe(EarlierResults.FILE, description.bytes());
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
   * @param isAside which rows go to a folder of their own, if there is one
   */
  public void write(Dataset<Row> result, Map<Aside, Column> isAside) {
    try (RunningTasks tasks = RunningTasks.of(result.sparkSession().sparkContext())) {
      save(result, isAside);
      tasks.haveEnded();
    }
  }

  private void save(Dataset<Row> result, Map<Aside, Column> isAside) {
    if (!asides.isEmpty()) {
      writeSeparated(result, isAside);
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

  /** Writes, in one pass, each row to the folder where it belongs. */
  private void writeSeparated(Dataset<Row> result, Map<Aside, Column> isAside) {
    List<String> partitionBy = new ArrayList<>(List.of(PLACE));
    partitionBy.addAll(spec.partitionBy());
    if (spec.partitionBy().isEmpty()) {
      // With a writer for each place, rows need not be sorted.
      result
          .sparkSession()
          .conf()
          .set("spark.sql.maxConcurrentOutputFileWriters", 1 + asides.size());
    }
    Column place = lit(OUTPUT);
    for (Aside aside : asides.keySet()) {
      place = when(isAside.get(aside), lit(aside.name())).otherwise(place);
    }
    Path parts = new Path(staged.staging(), "_parts");
    save(writer(result.withColumn(PLACE, place), partitionBy), parts);
    try {
      takeOver(staged, new Path(parts, PLACE + "=" + OUTPUT), result);
      for (Map.Entry<Aside, StagedOutput> aside : asides.entrySet()) {
        takeOver(aside.getValue(), new Path(parts, PLACE + "=" + aside.getKey()), result);
      }
      staged.delete(parts);
    } catch (IOException e) {
      throw new OutputException(
          "Rows cannot be written to the folder where they belong: " + e.getMessage(), e);
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
    asides.values().forEach(StagedOutput::commit);
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
    asides.values().forEach(aside -> aside.commitBatch(batch, again, guard));
    staged.commitBatch(batch, again, guard);
  }

  /** Removes what is not committed. */
  @Override
  public void close() {
    asides.values().forEach(StagedOutput::close);
    if (staged != null) {
      staged.close();
    }
  }
}
