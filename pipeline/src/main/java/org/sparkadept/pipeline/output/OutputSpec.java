package org.sparkadept.pipeline.output;

import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.error.AdeptException;

/**
 * Where and how a result is written.
 *
 * @param location a path; or a table's name where the format is {@code table} or {@code jdbc}
 * @param format a Spark data source, or {@code table}
 * @param options options of the data source
 * @param partitionBy columns of the result whose values name folders of the output; may be empty
 * @param mode what to do where the output exists
 * @param deadLetters a folder for the rows with an error, which then are not in the output; null:
 *     they are
 */
public record OutputSpec(
    String location,
    String format,
    Map<String, String> options,
    List<String> partitionBy,
    OutputMode mode,
    String deadLetters) {

  /** Whether the result is a folder of plain files, which is committed by renaming it. */
  public boolean isFolder() {
    return FileFormats.isFileFormat(format);
  }

  /**
   * Checks the options before anything is read.
   *
   * @throws AdeptException if the format cannot hold the result, or rows with an error cannot be
   *     written apart
   */
  public void check() {
    if (format.equals("text")) {
      throw new AdeptException(
          "Format text has only one column; choose another --output-format (parquet,"
              + " json, csv, …).");
    }
    if (deadLetters != null && !isFolder()) {
      throw new AdeptException(
          "--dead-letters needs a file output, but the output format is "
              + format
              + ". Select the rows instead: … WHERE error IS NOT NULL.");
    }
  }

  /**
   * Checks that a run can be resumed.
   *
   * @throws AdeptException if the output is not of files
   */
  public void checkResumable() {
    if (!isFolder()) {
      throw new AdeptException(
          "--resume needs a file output, but the output format is "
              + format
              + ". For a table that grows, see --incremental.");
    }
  }

  /** The same, replacing what is there. */
  public OutputSpec overwriting() {
    return new OutputSpec(
        location, format, options, partitionBy, OutputMode.OVERWRITE, deadLetters);
  }

  /** The same, adding to what is there. */
  public OutputSpec appending() {
    return new OutputSpec(location, format, options, partitionBy, OutputMode.APPEND, deadLetters);
  }

  /** The same place and mode for the rows with an error. */
  OutputSpec forDeadLetters() {
    return new OutputSpec(deadLetters, format, options, partitionBy, mode, null);
  }
}
