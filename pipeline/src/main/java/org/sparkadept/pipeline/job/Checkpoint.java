package org.sparkadept.pipeline.job;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkadept.decoder.error.AdeptException;

/**
 * The job that a checkpoint folder belongs to: input, output, and the {@link AnswerIdentity} of the
 * model. The first run writes them to {@code adept.json}; runs of another job are refused.
 */
final class Checkpoint {
  private static final String FILE = "adept.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Checkpoint() {}

  /**
   * Claims a checkpoint folder for a job.
   *
   * @throws AdeptException if it belongs to another one, or cannot be read or written
   */
  static void claim(String folder, ClassifySpec spec, Configuration configuration) {
    ObjectNode current = describe(spec);
    Path file = new Path(folder, FILE);
    try {
      FileSystem files = file.getFileSystem(configuration);
      if (!files.exists(file)) {
        if (files.exists(file.getParent()) && files.listStatus(file.getParent()).length > 0) {
          throw new AdeptException(
              "The folder "
                  + folder
                  + " is not empty and is not a spark-adept checkpoint. Choose another"
                  + " --checkpoint.");
        }
        write(files, file, current);
        return;
      }
      try (InputStream in = files.open(file)) {
        compare(folder, JSON.readTree(in).deepCopy(), current);
      }
    } catch (IOException e) {
      throw new AdeptException(
          "The checkpoint " + folder + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static ObjectNode describe(ClassifySpec spec) {
    ObjectNode node = JSON.createObjectNode();
    node.put("input", spec.input().location());
    node.put("text column", spec.input().textColumn());
    node.put("output", spec.output().location());
    AnswerIdentity.of(spec.conf()).facts().forEach(node::put);
    return node;
  }

  /** The file is there whole or not at all. */
  private static void write(FileSystem files, Path file, ObjectNode node) throws IOException {
    Path part = new Path(file.getParent(), "." + FILE + ".part");
    try (OutputStream out = files.create(part, true)) {
      out.write(JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node));
    }
    if (!files.rename(part, file)) {
      throw new IOException("the file system refused to write " + file);
    }
  }

  private static void compare(String folder, ObjectNode claimed, ObjectNode current) {
    List<String> differences = new ArrayList<>();
    for (Iterator<String> names = current.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      String before = claimed.path(name).asText();
      String now = current.path(name).asText();
      if (!before.equals(now)) {
        differences.add(name + " was " + before + " and is " + now);
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
  }
}
