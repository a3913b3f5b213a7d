package org.sparkadept.pipeline.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.output.Aside;
import org.sparkadept.pipeline.output.FileFormats;
import org.sparkadept.pipeline.output.FolderLease;
import org.sparkadept.pipeline.output.OutputSpec;
import org.sparkadept.udfs.table.TextColumns;

/**
 * The folder in which Spark records what an incremental job has classified. It belongs to one job,
 * whose input, output and {@link AnswerIdentity} the first run writes to {@code adept.json}; runs
 * of another job are refused. One run has its lease at a time.
 */
final class Checkpoint implements AutoCloseable {
  private static final String FILE = "adept.json";

  /** Facts that are not compared as text. */
  private static final String ID = "id";

  private static final String SCHEMA = "input schema";
  private static final int ID_DIGITS = 8;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final FileSystem files;
  private final Path folder;
  private final Configuration configuration;
  private final FolderLease lease;
  private final TextColumns text;
  private ObjectNode facts;

  private Checkpoint(
      FileSystem files,
      Path folder,
      Configuration configuration,
      FolderLease lease,
      TextColumns text) {
    this.text = text;
    this.files = files;
    this.folder = folder;
    this.configuration = configuration;
    this.lease = lease;
  }

  /**
   * Opens a checkpoint for a job, as the only run.
   *
   * @param text where the text of a row is
   * @param run a name that no other run has
   * @throws AdeptException if it belongs to another job, another run has it, or it cannot be read
   */
  static Checkpoint open(
      ClassifySpec spec, TextColumns text, String run, Configuration configuration) {
    try {
      Path folder = FileFormats.path(spec.checkpoint(), configuration);
      FileSystem files = folder.getFileSystem(configuration);
      requireOurs(files, folder);
      FolderLease lease =
          FolderLease.acquire("The checkpoint " + folder, folder, run, configuration);
      Checkpoint checkpoint = new Checkpoint(files, folder, configuration, lease, text);
      try {
        checkpoint.facts = checkpoint.read();
        checkpoint.compare(spec);
        return checkpoint;
      } catch (IOException | RuntimeException e) {
        lease.close();
        throw e;
      }
    } catch (IOException e) {
      throw new AdeptException(
          "The checkpoint " + spec.checkpoint() + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static void requireOurs(FileSystem files, Path folder) throws IOException {
    if (files.exists(new Path(folder, FILE))) {
      return;
    }
    for (String name : names(files, folder)) {
      if (!name.equals(FolderLease.CLAIMS) && !name.equals(part().getName())) {
        throw new AdeptException(
            "The folder "
                + folder
                + " is not empty and is not a spark-adept checkpoint. Choose another"
                + " --checkpoint.");
      }
    }
  }

  private static List<String> names(FileSystem files, Path folder) throws IOException {
    List<String> names = new ArrayList<>();
    try {
      for (FileStatus file : files.listStatus(folder)) {
        names.add(file.getPath().getName());
      }
    } catch (FileNotFoundException e) {
      return names;
    }
    return names;
  }

  /** The facts of the job that it belongs to; null if it is new. */
  private ObjectNode read() throws IOException {
    Path file = new Path(folder, FILE);
    if (!files.exists(file)) {
      return null;
    }
    try (InputStream in = files.open(file)) {
      JsonNode read = JSON.readTree(in);
      if (read instanceof ObjectNode object && read.hasNonNull(ID) && read.hasNonNull(SCHEMA)) {
        return object;
      }
      throw SparkLogs.damaged(file, "it lacks keys", null);
    } catch (JsonProcessingException e) {
      throw SparkLogs.damaged(file, e.getOriginalMessage(), e);
    }
  }

  private void compare(ClassifySpec spec) throws IOException {
    if (facts == null) {
      return;
    }
    ObjectNode current = describe(spec);
    List<String> differences = new ArrayList<>();
    Set<String> names = new LinkedHashSet<>();
    current.fieldNames().forEachRemaining(names::add);
    facts.fieldNames().forEachRemaining(names::add);
    names.removeAll(List.of(ID, SCHEMA));
    for (String name : names) {
      String before = facts.path(name).asText();
      String now = current.path(name).asText();
      if (!before.equals(now)) {
        differences.add(name + " was " + quoted(before) + " and is " + quoted(now));
      }
    }
    if (!differences.isEmpty()) {
      throw new AdeptException(
          "The checkpoint "
              + folder
              + " differs from this job: "
              + String.join("; ", differences)
              + ". Use a new --checkpoint and a new --output.");
    }
    logs().check();
    if (spec.output().isFolder() && logs().hasCommits() && !exists(spec.output().location())) {
      throw new AdeptException(
          "The output "
              + spec.output().location()
              + " is not there any more, but the checkpoint "
              + folder
              + " says that rows were written to it. Restore it, or classify all rows again"
              + " with a new --checkpoint.");
    }
  }

  private static String quoted(String value) {
    return value.isEmpty() ? "''" : value;
  }

  private ObjectNode describe(ClassifySpec spec) {
    ObjectNode node = JSON.createObjectNode();
    InputSpec input = spec.input();
    node.put(
        "input",
        input.locations().stream()
            .map(location -> FileFormats.canonical(location, input.format(), configuration))
            .sorted()
            .collect(Collectors.joining(", ")));
    node.put("input format", input.format());
    node.put("--input-schema", input.schema() == null ? "" : input.schema());
    node.put("text column", text.toString());
    OutputSpec output = spec.output();
    node.put("output", FileFormats.canonical(output.location(), output.format(), configuration));
    node.put("output format", output.format());
    node.put("output prefix", spec.outputPrefix());
    node.put("partition columns", String.join(", ", output.partitionBy()));
    for (Aside aside : Aside.values()) {
      String folder = output.asides().get(aside);
      node.put(
          aside.title(),
          folder == null ? "" : FileFormats.canonical(folder, output.format(), configuration));
    }
    AnswerIdentity.of(spec.conf()).facts().forEach(node::put);
    return node;
  }

  private boolean exists(String location) {
    Path path = new Path(location);
    try {
      return path.getFileSystem(configuration).exists(path);
    } catch (IOException e) {
      throw new AdeptException("The output " + location + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Columns of the input as the first run has found them; nothing if this is the first. */
  Optional<StructType> inputSchema() {
    return Optional.ofNullable(facts)
        .map(known -> (StructType) DataType.fromJson(known.get(SCHEMA).asText()));
  }

  /**
   * Records the job, in the first run.
   *
   * @param schema columns of the input
   */
  void claim(ClassifySpec spec, StructType schema) {
    ObjectNode node = JSON.createObjectNode();
    node.put(ID, UUID.randomUUID().toString().substring(0, ID_DIGITS));
    node.setAll(describe(spec));
    node.put(SCHEMA, schema.json());
    try {
      write(node);
    } catch (IOException e) {
      throw new AdeptException(
          "The checkpoint " + folder + " cannot be written: " + e.getMessage(), e);
    }
    facts = node;
  }

  /** The file is there whole or not at all. */
  private void write(ObjectNode node) throws IOException {
    Path part = new Path(folder, part());
    try (OutputStream out = files.create(part, true)) {
      out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node));
    }
    Path file = new Path(folder, FILE);
    if (!files.rename(part, file)) {
      throw new IOException("the file system refused to write " + file);
    }
  }

  private static Path part() {
    return new Path("." + FILE + ".part");
  }

  /** What Spark has recorded in it. */
  SparkLogs logs() {
    return new SparkLogs(files, folder);
  }

  /** Its folder, in full. */
  Path folder() {
    return folder;
  }

  /** What the names of this job's batches begin with; no other checkpoint has it. */
  String batchPrefix() {
    return "batch-" + facts.get(ID).asText() + "-";
  }

  /** The right of this run to work on the job. */
  FolderLease lease() {
    return lease;
  }

  /** Gives the checkpoint to other runs. */
  @Override
  public void close() {
    lease.close();
  }
}
