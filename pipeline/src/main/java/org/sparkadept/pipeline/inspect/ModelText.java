package org.sparkadept.pipeline.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.error.PrintableText;

/** A {@link ModelReport} in a terminal. */
public final class ModelText {
  private static final int SHOWN_LABELS = 20;

  private final JsonNode report;
  private final PrintWriter out;

  private ModelText(JsonNode report, PrintWriter out) {
    this.report = report;
    this.out = out;
  }

  /** Prints a report. */
  public static void print(JsonNode report, PrintWriter out) {
    new ModelText(report, out).print();
    out.flush();
  }

  private void print() {
    line("model", report.path("path").asText());
    if (report.has("adapter")) {
      JsonNode adapter = report.path("adapter");
      line(
          "adapter",
          adapter.path("path").asText() + ", made for " + adapter.path("made_for").asText());
    }
    line("type", report.path("model_type").asText());
    line(
        "shape",
        String.format(
            Locale.ROOT,
            "%d layers × %d, %d heads (%d for keys and values) of %d, MLP %d",
            report.path("layers").asInt(),
            report.path("width").asInt(),
            report.path("heads").asInt(),
            report.path("kv_heads").asInt(),
            report.path("head_dim").asInt(),
            report.path("mlp_width").asInt()));
    line("parameters", parameters());
    line(
        "text",
        String.format(
            Locale.ROOT,
            "%,d tokens in the vocabulary (%s), at most %,d in a row",
            report.path("vocabulary").asInt(),
            report.path("tokenizer").asText(),
            report.path("max_positions").asInt()));
    line("labels", labels());
    if (report.has("exit_layers")) {
      line("exit layers", joined(report.path("exit_layers")));
    }
    JsonNode prompt = report.path("prompt");
    if (report.has("prompt")) {
      line("prompt", CheckpointException.quote(prompt.path("template").asText()));
      if (prompt.has("chat")) {
        line("chat format", prompt.path("chat").asText());
      }
    }
    if (report.has("policy")) {
      String threshold =
          report.has("threshold") ? ", τ = " + report.path("threshold").asDouble() : "";
      line("exit policy", report.path("policy").asText() + threshold);
    }
    if (report.has("validation")) {
      out.println("validation, as the fit wrote it down:");
      validation("validation", report.path("validation"));
    }
    for (JsonNode file : report.path("files")) {
      line(
          file == report.path("files").get(0) ? "files" : "",
          String.format(
              Locale.ROOT, "%,14d  %s", file.path("bytes").asLong(), file.path("name").asText()));
    }
    line("can", report.path("can").asText());
  }

  private String parameters() {
    List<String> types = new ArrayList<>();
    for (Map.Entry<String, JsonNode> type : report.path("parameters_by_dtype").properties()) {
      types.add(String.format(Locale.ROOT, "%,d %s", type.getValue().asLong(), type.getKey()));
    }
    return String.format(
        Locale.ROOT, "%,d (%s)", report.path("parameters").asLong(), String.join(", ", types));
  }

  private String labels() {
    JsonNode labels = report.path("labels");
    List<String> shown = new ArrayList<>();
    for (JsonNode label : labels) {
      if (shown.size() < SHOWN_LABELS) {
        shown.add(label.asText());
      }
    }
    String rest = labels.size() > SHOWN_LABELS ? ", …" : "";
    String several =
        report.path("problem_type").asText().equals("multi_label") ? " (multi-label)" : "";
    return labels.isEmpty()
        ? "none"
        : labels.size() + several + ": " + String.join(", ", shown) + rest;
  }

  /** What the fit wrote down, whatever it is: one line a value. */
  private void validation(String name, JsonNode node) {
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> entry : node.properties()) {
        validation(entry.getKey().replace('_', ' '), entry.getValue());
      }
    } else if (node.isArray()) {
      line(name, joined(node));
    } else if (!node.isMissingNode()) {
      line(name, text(node));
    }
  }

  private static String text(JsonNode value) {
    return value.isFloatingPointNumber()
        ? String.format(Locale.ROOT, "%.4f", value.asDouble())
        : value.asText();
  }

  private static String joined(JsonNode array) {
    List<String> values = new ArrayList<>();
    array.forEach(value -> values.add(value.isValueNode() ? text(value) : value.toString()));
    return String.join(", ", values);
  }

  private void line(String name, String value) {
    out.println(PrintableText.line(String.format(Locale.ROOT, "%-13s %s", name, value)));
  }
}
