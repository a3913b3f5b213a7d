package org.sparkadept.pipeline.job;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.output.FileFormats;
import org.sparkadept.pipeline.output.OutputSpec;
import org.sparkadept.udfs.conf.AdeptConf;

/**
 * One classification job.
 *
 * @param input the table to read
 * @param output where and how the result is written
 * @param outputPrefix put before the names of the result columns; may be empty
 * @param partitions number of partitions to repartition the rows to; 0 keeps the input's; negative
 *     repartitions only where cores would be idle
 * @param checkpoint folder with the progress of an incremental job; null: the job reads all rows
 * @param resume whether answers of earlier runs are reused, and this run's are kept for the next
 * @param conf the configuration, arguments of the call included
 */
public record ClassifySpec(
    InputSpec input,
    OutputSpec output,
    String outputPrefix,
    int partitions,
    String checkpoint,
    boolean resume,
    AdeptConf conf) {

  /** Value of {@code partitions}: as they come, or several for each core if that is better. */
  public static final int PARTITIONS_AUTO = -1;

  /**
   * Checks, before anything is read, that no place of this job lies in another.
   *
   * @throws AdeptException if one does
   */
  void checkPlaces(Configuration configuration) {
    Map<String, String> written = new LinkedHashMap<>();
    if (output.isFolder()) {
      written.put("--output", output.location());
    }
    output.asides().forEach((aside, folder) -> written.put(aside.option(), folder));
    if (checkpoint != null) {
      written.put("--checkpoint", checkpoint);
    }
    written.replaceAll((option, path) -> FileFormats.path(path, configuration).toString());
    written.forEach(
        (option, path) ->
            written.forEach(
                (other, place) -> {
                  if (!option.equals(other)) {
                    requireApart(option, path, other, place);
                  }
                }));
    if (checkpoint != null && FileFormats.isFileFormat(input.format())) {
      for (String location : input.locations()) {
        String read = FileFormats.canonical(location, input.format(), configuration);
        written.forEach((option, path) -> requireApart(option, path, "--input", read));
      }
    }
  }

  private static void requireApart(String option, String path, String other, String place) {
    if (path.equals(place) || path.startsWith(place + "/")) {
      throw new AdeptException(
          String.format(
              "%s (%s) must not be %s %s (%s); choose another folder.",
              option, path, path.equals(place) ? "the same as" : "inside of", other, place));
    }
  }
}
