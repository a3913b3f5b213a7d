package org.sparkadept.pipeline.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkadept.decoder.error.AdeptException;

/**
 * The files in which Spark's Structured Streaming keeps its progress: {@code metadata}, and a file
 * for each batch in {@code offsets}, {@code commits} and {@code sources/N}. Spark does not say
 * which of them it cannot read.
 */
final class SparkLogs {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NO_OFFSET = "-";
  private static final String COMPACT = ".compact";

  private final FileSystem files;
  private final Path checkpoint;

  SparkLogs(FileSystem files, Path checkpoint) {
    this.files = files;
    this.checkpoint = checkpoint;
  }

  /** Whether a batch has ended. */
  boolean hasCommits() throws IOException {
    return !batches("commits").isEmpty();
  }

  /**
   * The input files of a batch that has begun, as Spark's file source has logged them.
   *
   * @param batch its number
   */
  List<Path> inputFiles(long batch) throws IOException {
    List<Path> found = new ArrayList<>();
    List<Long> before = sourceOffsets(batch - 1);
    List<Long> now = sourceOffsets(batch);
    for (int source = 0; source < now.size(); source++) {
      long first = source < before.size() ? before.get(source) + 1 : 0;
      for (long entry = first; entry <= now.get(source); entry++) {
        addFiles(new Path(checkpoint, "sources/" + source), entry, found);
      }
    }
    return found;
  }

  /** The input files of all batches. */
  Set<Path> inputFiles() throws IOException {
    Set<Path> found = new HashSet<>();
    for (FileStatus source : list("sources")) {
      for (Path log : sinceCompaction(batches("sources/" + source.getPath().getName()))) {
        for (JsonNode input : entries(log)) {
          found.add(path(input));
        }
      }
    }
    return found;
  }

  /** The last file that holds all before it, and those after it. */
  private static List<Path> sinceCompaction(List<FileStatus> batches) {
    List<Path> files = new ArrayList<>();
    for (FileStatus batch : batches) {
      if (batch.getPath().getName().endsWith(COMPACT)) {
        files.clear();
      }
      files.add(batch.getPath());
    }
    return files;
  }

  /** How far each source was read when a batch began; -1 for nothing. */
  private List<Long> sourceOffsets(long batch) throws IOException {
    Path file = new Path(checkpoint, "offsets/" + batch);
    List<Long> offsets = new ArrayList<>();
    if (files.exists(file)) {
      for (String source : text(file).lines().skip(2).toList()) {
        offsets.add(
            source.equals(NO_OFFSET) ? -1 : json(file, source).path("logOffset").asLong(-1));
      }
    }
    return offsets;
  }

  private void addFiles(Path log, long entry, List<Path> found) throws IOException {
    Path file = new Path(log, Long.toString(entry));
    if (!files.exists(file)) {
      file = new Path(log, entry + COMPACT);
    }
    for (JsonNode input : entries(file)) {
      if (input.path("batchId").asLong() == entry) {
        found.add(path(input));
      }
    }
  }

  private List<JsonNode> entries(Path log) throws IOException {
    List<JsonNode> entries = new ArrayList<>();
    for (String line : text(log).lines().skip(1).toList()) {
      entries.add(json(log, line));
    }
    return entries;
  }

  private static Path path(JsonNode entry) {
    return new Path(URI.create(entry.path("path").asText()));
  }

  /**
   * Checks that no file is empty, and that those of the last batch can be read.
   *
   * @throws AdeptException if one is damaged
   */
  void check() throws IOException {
    Path metadata = new Path(checkpoint, "metadata");
    if (files.exists(metadata)) {
      json(metadata, text(metadata));
    }
    for (FileStatus source : list("sources")) {
      batches("sources/" + source.getPath().getName());
    }
    for (String log : List.of("offsets", "commits")) {
      List<FileStatus> batches = batches(log);
      if (!batches.isEmpty()) {
        Path last = batches.get(batches.size() - 1).getPath();
        List<String> lines = text(last).lines().toList();
        if (!lines.get(0).matches("v\\d+")) {
          throw damaged(last, "it does not begin with a version", null);
        }
        for (String line : lines.subList(1, lines.size())) {
          if (!line.equals(NO_OFFSET)) {
            json(last, line);
          }
        }
      }
    }
  }

  /** An object of a file. */
  private static JsonNode json(Path file, String text) {
    try {
      JsonNode object = JSON.readTree(text);
      if (object.isObject()) {
        return object;
      }
      throw damaged(file, "it holds " + text, null);
    } catch (JsonProcessingException e) {
      throw damaged(file, e.getOriginalMessage(), e);
    }
  }

  /** Files of batches, in the order of these. */
  private List<FileStatus> batches(String log) throws IOException {
    List<FileStatus> batches = new ArrayList<>();
    for (FileStatus file : list(log)) {
      if (file.getPath().getName().matches("\\d+(\\.compact)?")) {
        if (file.getLen() == 0) {
          throw damaged(file.getPath(), "it is empty", null);
        }
        batches.add(file);
      }
    }
    batches.sort((one, other) -> Long.compare(batch(one.getPath()), batch(other.getPath())));
    return batches;
  }

  private static long batch(Path file) {
    return Long.parseLong(file.getName().replace(COMPACT, ""));
  }

  private FileStatus[] list(String log) throws IOException {
    try {
      return files.listStatus(new Path(checkpoint, log));
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }

  private String text(Path file) throws IOException {
    try (InputStream in = files.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The error of a file of a checkpoint that cannot be understood. */
  static AdeptException damaged(Path file, String why, Exception cause) {
    return new AdeptException(
        "The checkpoint's file "
            + file
            + " is damaged: "
            + why
            + ". Restore it, or classify all rows again with a new --checkpoint and a new"
            + " --output.",
        cause);
  }
}
