package org.sparkadept.pipeline.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rows that earlier runs of the same facts have written: those of the output, and those of tasks
 * that were done when a run was killed, in its staging folder, whose lease this then has.
 */
public final class EarlierResults implements AutoCloseable {
  /** In a folder with results: its {@link Description}. */
  static final String FILE = "_adept.json";

  private static final Logger LOG = LoggerFactory.getLogger(EarlierResults.class);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileSystem files;
  private final boolean output;
  private final Map<Path, FolderLease> leftovers = new LinkedHashMap<>();
  private final Map<StructType, List<String>> parts = new HashMap<>();

  private EarlierResults(FileSystem files, boolean output) {
    this.files = files;
    this.output = output;
  }

  /**
   * The description of a folder with results.
   *
   * @param facts what the rows' answers depend on
   * @param schema the rows' columns, as Spark writes a schema in JSON
   */
  public record Description(Map<String, String> facts, String schema) {
    byte[] bytes() throws JsonProcessingException {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(this);
    }
  }

  /**
   * Looks for results at an output's place. Those of runs that go on are left to these.
   *
   * @param facts only results with the same are found
   * @param run a name that no other run has
   */
  public static EarlierResults find(
      OutputSpec spec, Map<String, String> facts, String run, Configuration configuration) {
    try {
      Path target = FileFormats.qualified(spec.location(), configuration);
      FileSystem files = target.getFileSystem(configuration);
      EarlierResults found = new EarlierResults(files, matches(files, target, facts));
      if (found.output) {
        for (Map.Entry<Aside, String> aside : spec.asides().entrySet()) {
          requireReplaceable(aside.getKey(), new Path(aside.getValue()), facts, configuration);
        }
      }
      try {
        found.addAll(target, facts, run);
        return found;
      } catch (IOException | RuntimeException e) {
        found.close();
        throw e;
      }
    } catch (IOException e) {
      throw new OutputException(
          "What earlier runs left at " + spec.location() + " cannot be read: " + e, e);
    }
  }

  private void addAll(Path target, Map<String, String> facts, String run) throws IOException {
    if (output) {
      add(target);
    }
    for (Path folder : StagingFolders.find(files, target, "")) {
      if (matches(files, folder, facts)) {
        takeOver(folder, facts, run);
      }
    }
  }

  /** A folder beside the output is replaced with it, if it is of the same job. */
  private static void requireReplaceable(
      Aside aside, Path folder, Map<String, String> facts, Configuration configuration)
      throws IOException {
    FileSystem files = folder.getFileSystem(configuration);
    if (files.exists(folder) && !matches(files, folder, facts)) {
      throw new OutputException(
          "The folder "
              + folder
              + " of "
              + aside.option()
              + " exists and is not of an earlier run with --resume, the same model and options."
              + " Choose another folder.");
    }
  }

  /** Takes the rows of a run that has died; those of a run that goes on are not touched. */
  private void takeOver(Path folder, Map<String, String> facts, String run) throws IOException {
    FolderLease lease;
    try {
      lease = FolderLease.acquire("The folder " + folder, folder, run, files.getConf());
    } catch (OutputException e) {
      LOG.info("Rows of a run that goes on are not reused: {}", e.getMessage());
      return;
    }
    leftovers.put(folder, lease);
    if (matches(files, folder, facts)) {
      add(folder);
    } else { // It was just put in place.
      leftovers.remove(folder).close();
    }
  }

  private static boolean matches(FileSystem files, Path folder, Map<String, String> facts)
      throws IOException {
    Path file = new Path(folder, FILE);
    return files.exists(file) && read(files, file).facts().equals(facts);
  }

  private static Description read(FileSystem files, Path file) throws IOException {
    try (InputStream in = files.open(file)) {
      return JSON.readValue(in, Description.class);
    }
  }

  /** Adds the files of tasks that were done; those of others are not whole. */
  private void add(Path folder) throws IOException {
    Description description = read(files, new Path(folder, FILE));
    StructType schema = (StructType) DataType.fromJson(description.schema());
    RemoteIterator<LocatedFileStatus> all = files.listFiles(folder, true);
    while (all.hasNext()) {
      FileStatus file = all.next();
      String name = file.getPath().toString().substring(folder.toString().length());
      boolean done = !name.contains("/_temporary/") || name.contains("/task_");
      if (done && file.getPath().getName().startsWith("part-") && file.getLen() > 0) {
        parts.computeIfAbsent(schema, any -> new ArrayList<>()).add(file.getPath().toString());
      }
    }
  }

  /** Whether there are no rows of earlier runs. */
  public boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Whether the output is there, and of these facts. */
  public boolean isOutput() {
    return output;
  }

  /**
   * The rows.
   *
   * @param columns takes what is wanted of the columns of a result; the same of all
   */
  public Dataset<Row> rows(
      SparkSession spark, OutputSpec spec, UnaryOperator<Dataset<Row>> columns) {
    Dataset<Row> rows = null;
    for (Map.Entry<StructType, List<String>> entry : parts.entrySet()) {
      Dataset<Row> result =
          spark
              .read()
              .format(spec.format())
              .options(FileFormats.readOptions(spec.format()))
              .options(spec.options())
              .option(FileFormats.GLOB_PATHS, "false")
              .schema(entry.getKey())
              .load(entry.getValue().toArray(new String[0]));
      Dataset<Row> some = columns.apply(result);
      rows = rows == null ? some : rows.unionByName(some);
    }
    return rows;
  }

  /** The folders of killed runs whose rows are here. */
  public List<Path> leftovers() {
    return List.copyOf(leftovers.keySet());
  }

  /** Removes the folders of killed runs, once a new result is in place. */
  public void removeLeftovers() {
    for (Path leftover : leftovers()) {
      try {
        leftovers.get(leftover).check();
        leftovers.remove(leftover).close();
        files.delete(leftover, true);
      } catch (IOException e) {
        throw new OutputException(leftover + " cannot be removed; do so by hand: " + e, e);
      }
    }
  }

  /** Leaves the folders that were not removed to other runs. */
  @Override
  public void close() {
    leftovers.values().forEach(FolderLease::close);
  }
}
