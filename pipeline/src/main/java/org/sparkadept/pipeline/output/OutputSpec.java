package org.sparkadept.pipeline.output;

import java.util.Collections;
import java.util.EnumMap;
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
 * @param asides folders of rows that are not in the output; those that have none are
 */
public record OutputSpec(
    String location,
    String format,
    Map<String, String> options,
    List<String> partitionBy,
    OutputMode mode,
    Map<Aside, String> asides) {

  /** Copies the map, in the order of the enum. */
  public OutputSpec {
    Map<Aside, String> copy = new EnumMap<>(Aside.class);
    copy.putAll(asides);
    asides = Collections.unmodifiableMap(copy);
  }

  /** Whether the result is a folder of plain files, which is committed by renaming it. */
  public boolean isFolder() {
    return FileFormats.isFileFormat(format);
  }

  /**
   * Checks the options before anything is read.
   *
   * @throws AdeptException if the format cannot hold the result, or rows cannot be written apart
   */
  public void check() {
    if (format.equals("text")) {
      throw new AdeptException(
          "Format text has only one column; choose another --output-format (parquet,"
              + " json, csv, …).");
    }
    for (Aside aside : asides.keySet()) {
      if (!isFolder()) {
        throw new AdeptException(
            String.format(
                "%s needs a file output, but the output format is %s. Select the rows instead: …"
                    + " WHERE %s.",
                aside.option(), format, aside.condition()));
      }
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
    return new OutputSpec(location, format, options, partitionBy, OutputMode.OVERWRITE, asides);
  }

  /** The same, adding to what is there. */
  public OutputSpec appending() {
    return new OutputSpec(location, format, options, partitionBy, OutputMode.APPEND, asides);
  }

  /** The same for the rows of a folder of their own. */
  OutputSpec forAside(Aside aside) {
    return new OutputSpec(asides.get(aside), format, options, partitionBy, mode, Map.of());
  }
}
