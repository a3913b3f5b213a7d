package org.sparkadept.pipeline.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.pipeline.TestModel;

/** A table of labelled texts, and what the decoder itself answers to it. */
record LabelledTexts(int rows) {
  /** The text of a row. */
  static String text(int row) {
    return "the text number " + row * 37;
  }

  /** A line of a file of JSON lines. */
  static String line(String text, String label) {
    ObjectNode row = new ObjectMapper().createObjectNode();
    return row.put("text", text).put("label", label).toString();
  }

  /** Writes the table as JSON lines. */
  Path write(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      lines.add(line(text(row), TestModel.label(row)));
    }
    return Files.write(file, lines);
  }

  /** Writes rows whose {@code topic} is a or x, as the letters of their {@code text} are. */
  static void writeTopics(Path file, int count) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String text = (i % 2 == 0 ? "aabbcc" : "xxyyzz").repeat(1 + i % 3) + " " + i % 89;
      ObjectNode row = new ObjectMapper().createObjectNode();
      lines.add(row.put("text", text).put("topic", i % 2 == 0 ? "a" : "x").toString());
    }
    Files.write(file, lines);
  }

  /** The answers of a model. */
  Classifications classify(Path model, ClassifierOptions options) {
    byte[][] texts = new byte[rows][];
    for (int row = 0; row < rows; row++) {
      texts[row] = text(row).getBytes(StandardCharsets.UTF_8);
    }
    try (LoadedModel loaded = LoadedModel.open(model, ComputeOptions.defaults())) {
      return loaded.classifier(options).classify(texts);
    }
  }

  /** The work of answers in proportion to that of full depth. */
  static double compute(Classifications answers) {
    return (double) answers.statistics().flops() / answers.statistics().fullDepthFlops();
  }
}
