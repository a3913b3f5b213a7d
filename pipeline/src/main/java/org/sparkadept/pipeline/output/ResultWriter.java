package org.sparkadept.pipeline.output;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.sparkadept.decoder.AdeptException;

/**
 * Writes results. Folders of plain files are staged and committed by {@link StagedOutput}; tables,
 * databases and sources with commits of their own (Delta, Iceberg) take Spark's straight way, and
 * their own word on what a killed run leaves.
 */
public final class ResultWriter implements AutoCloseable {
  private final OutputSpec spec;
  private final StagedOutput staged;

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
    if (spec.format().equals("text")) {
      throw new AdeptException(
          "Format text holds a single column and cannot hold the result; name another with"
              + " --output-format (parquet, json, csv, …).");
    }
    return new ResultWriter(
        spec,
        spec.isFolder()
            ? StagedOutput.begin(spec.location(), spec.mode(), run, configuration)
            : null);
  }

  /** Whether there is nothing to do: the output exists and is to be left as it is. */
  public boolean isDone() {
    try {
      return staged != null && spec.mode() == OutputMode.IGNORE && staged.exists();
    } catch (IOException e) {
      throw new OutputException("The output " + location() + " cannot be read.", e);
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
   */
  public void write(Dataset<Row> result) {
    DataFrameWriter<Row> writer =
        result.write().options(OutputSpec.defaultOptions(spec.format())).options(spec.options());
    if (staged != null) {
      writer.format(spec.format()).mode(SaveMode.Append).save(staged.staging().toString());
      return;
    }
    writer.mode(spec.mode().spark());
    switch (spec.format()) {
      case "table" -> writer.saveAsTable(spec.location());
      case "jdbc" -> writer.format("jdbc").option("dbtable", spec.location()).save();
      default -> writer.format(spec.format()).save(spec.location());
    }
  }

  /**
   * Puts a written folder in place.
   *
   * @throws OutputException if that cannot be done; a finished result is kept
   */
  public void commit() {
    if (staged != null) {
      staged.commit();
    }
  }

  /** Removes what is not committed. */
  @Override
  public void close() {
    if (staged != null) {
      staged.close();
    }
  }
}
