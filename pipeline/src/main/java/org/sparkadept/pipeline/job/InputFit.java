package org.sparkadept.pipeline.job;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.output.Columns;
import org.sparkadept.pipeline.output.FileFormats;
import org.sparkadept.udfs.table.TextColumns;

/**
 * Whether the files of a batch have the columns that an incremental job's input had in the first
 * run. If not, their answers could not be read together with those that the output has.
 */
final class InputFit {
  /** Formats in which a column without a value cannot be told from one that is missing. */
  private static final Set<String> LEAVE_OUT_NULLS = Set.of("json", "xml");

  private final SparkSession spark;
  private final InputSpec input;
  private final TextColumns text;
  private final StructType expected;
  private final SparkLogs logs;
  private final Set<Path> checked = new HashSet<>();

  /**
   * @param text where the text of a row is
   * @param expected the columns of the first run
   * @param logs the files that Spark has taken
   */
  InputFit(
      SparkSession spark, InputSpec input, TextColumns text, StructType expected, SparkLogs logs) {
    this.spark = spark;
    this.input = input;
    this.text = text;
    this.expected = expected;
    this.logs = logs;
  }

  /**
   * Checks the files that no batch has taken, before one does.
   *
   * @throws AdeptException if the columns of one differ; names it
   */
  void checkNew() {
    if (isOfFoundColumns()) {
      List<Path> files = new ArrayList<>(InputReader.files(spark, input, expected));
      files.removeAll(taken());
      check(files);
    }
  }

  /**
   * Checks the files of a batch that have come since.
   *
   * @throws AdeptException if the columns of one differ; names it
   */
  void checkBatch(long number) {
    if (isOfFoundColumns()) {
      List<Path> files = new ArrayList<>(filesOf(number));
      files.removeAll(checked);
      if (!files.isEmpty()) {
        files.retainAll(InputReader.files(spark, input, expected)); // Some may be gone.
        check(files);
      }
    }
  }

  /**
   * Checks the columns of a table, which may have been altered.
   *
   * @throws AdeptException if they differ
   */
  void check(StructType now) {
    Optional<String> difference = Columns.difference(expected, now, "table", false);
    if (!FileFormats.isFileFormat(input.format()) && difference.isPresent()) {
      throw new AdeptException(
          "The input "
              + input.describe()
              + " differs from what this checkpoint began with: "
              + difference.get()
              + ". Use a new --checkpoint and a new --output.");
    }
  }

  /** Whether the input is of files whose columns Spark finds. */
  private boolean isOfFoundColumns() {
    return FileFormats.isFileFormat(input.format()) && input.schema() == null;
  }

  private Set<Path> taken() {
    try {
      return logs.inputFiles();
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private List<Path> filesOf(long batch) {
    try {
      return logs.inputFiles(batch);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  private static AdeptException unreadable(IOException cause) {
    return new AdeptException("The checkpoint cannot be read: " + cause.getMessage(), cause);
  }

  private void check(List<Path> files) {
    checked.addAll(files);
    if (files.isEmpty() || fits(files)) {
      return;
    }
    for (Path file : files) {
      Optional<String> difference = difference(List.of(file));
      if (difference.isPresent()) {
        throw new AdeptException(
            "The input "
                + file
                + " differs from the input of this checkpoint so far: "
                + difference.get()
                + ". Correct the file, or use a new --checkpoint and a new --output.");
      }
    }
  }

  private boolean fits(List<Path> files) {
    try {
      return difference(files).isEmpty();
    } catch (AdeptException e) {
      return false; // Their columns cannot be merged; one by one shows which.
    }
  }

  private Optional<String> difference(List<Path> files) {
    Set<String> partitions = partitions(files);
    StructType columns = without(partitions, expected);
    StructType found = without(partitions, InputReader.columnsOfFiles(spark, input, files));
    boolean csv = input.format().equals("csv");
    Optional<String> difference = Columns.difference(columns, found, input.format(), !csv);
    if (difference.isEmpty()) {
      return missingText(found);
    }
    // A column of csv without a value looks like text.
    return csv && InputReader.isReadable(spark, input, files, columns)
        ? Optional.empty()
        : difference;
  }

  /** Columns that files lack are NULL; those with text must be there, if they name columns. */
  private Optional<String> missingText(StructType found) {
    if (LEAVE_OUT_NULLS.contains(input.format())) {
      return Optional.empty();
    }
    return text.names().stream()
        .filter(column -> !isIn(found, column.toLowerCase(Locale.ROOT)))
        .findFirst()
        .map(column -> "column " + column + " is missing");
  }

  private static boolean isIn(StructType found, String column) {
    for (String name : found.fieldNames()) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (column.equals(lower) || column.startsWith(lower + ".")) {
        return true;
      }
    }
    return false;
  }

  private static StructType without(Set<String> names, StructType columns) {
    StructType rest = new StructType();
    for (StructField field : columns.fields()) {
      rest = names.contains(field.name().toLowerCase(Locale.ROOT)) ? rest : rest.add(field);
    }
    return rest;
  }

  /** Columns that are in the names of folders; Spark checks their values itself. */
  private static Set<String> partitions(List<Path> files) {
    Set<String> names = new HashSet<>();
    for (Path file : files) {
      for (Path at = file.getParent(); at != null; at = at.getParent()) {
        int equals = at.getName().indexOf('=');
        if (equals > 0) {
          names.add(at.getName().substring(0, equals).toLowerCase(Locale.ROOT));
        }
      }
    }
    return names;
  }
}
