package org.sparkadept.pipeline.output;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkadept.decoder.error.AdeptException;

/** What is known of Spark's data sources by their names. */
public final class FileFormats {
  /** Formats that write plain files into a folder; what the names of these end in. */
  private static final Set<String> NAMES =
      Set.of("parquet", "orc", "json", "csv", "text", "avro", "xml", "arrow");

  /** Formats whose location is a path. */
  private static final Set<String> OTHERS_WITH_PATHS = Set.of("delta");

  /**
   * Stands for NULL, which csv writes as nothing, between Spark's parser and Spark. Were it the
   * empty text, as it is by default, an empty text in quotes would be NULL, too.
   */
  static final String NOT_A_CHARACTER = "\uffff";

  /** Options of text formats with which texts are read as they were written. */
  private static final Map<String, Map<String, String>> READ =
      Map.of(
          "csv",
          Map.of(
              "header", "true",
              "enforceSchema", "false",
              "nullValue", NOT_A_CHARACTER,
              "escape", "\"",
              "multiLine", "true"),
          "xml",
          Map.of("ignoreSurroundingSpaces", "false"));

  private static final Map<String, Map<String, String>> WRITE =
      Map.of(
          "csv",
          Map.of(
              "header", "true",
              "escape", "\"",
              "ignoreLeadingWhiteSpace", "false",
              "ignoreTrailingWhiteSpace", "false"),
          "json",
          Map.of("ignoreNullFields", "false"));

  /** Option of a source; where it is false, the name of a file may look like a pattern. */
  public static final String GLOB_PATHS = "__globPaths__";

  private FileFormats() {}

  /** Whether a format is one of plain files. */
  public static boolean isFileFormat(String format) {
    return NAMES.contains(format);
  }

  /**
   * Options of a source unless others are given. For csv they are what most programs write: a
   * header, which must be the same in all files, quotes doubled inside of quotes, and line breaks
   * inside of quotes.
   */
  public static Map<String, String> readOptions(String format) {
    return READ.getOrDefault(format, Map.of());
  }

  /** Options of a sink unless others are given: values are written as they are. */
  public static Map<String, String> writeOptions(String format) {
    return WRITE.getOrDefault(format, Map.of());
  }

  /** The format that the name of a file speaks of, whatever its compression. */
  static Optional<String> ofFile(String name) {
    String[] parts = name.split("\\.");
    for (int i = parts.length - 1; i > 0; i--) {
      if (NAMES.contains(parts[i])) {
        return Optional.of(parts[i]);
      }
    }
    return Optional.empty();
  }

  /**
   * A location as it is compared: a path in full, whichever way it was written; the name of a table
   * as it is.
   *
   * @throws AdeptException if its file system cannot be reached
   */
  public static String canonical(String location, String format, Configuration configuration) {
    if (!isFileFormat(format) && !OTHERS_WITH_PATHS.contains(format)) {
      return location;
    }
    return path(location, configuration).toString();
  }

  /**
   * A path in full.
   *
   * @throws AdeptException if its file system cannot be reached
   */
  public static Path path(String location, Configuration configuration) {
    try {
      return qualified(location, configuration);
    } catch (IOException e) {
      throw new AdeptException("The path " + location + " cannot be used: " + e.getMessage(), e);
    }
  }

  static Path qualified(String location, Configuration configuration) throws IOException {
    Path path = new Path(location);
    FileSystem files = path.getFileSystem(configuration);
    return path.makeQualified(files.getUri(), files.getWorkingDirectory());
  }
}
