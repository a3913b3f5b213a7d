package org.sparkadept.pipeline.inspect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.sparkadept.decoder.adapter.PeftAdapter;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.format.TensorStore;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.prompt.Prompt;
import org.sparkadept.decoder.tensor.Tensor;

/** What a model directory holds, as JSON; reads headers and small files, no weights. */
public final class ModelReport {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelReport() {}

  /**
   * Looks into a directory.
   *
   * @return the report; {@code docs/usage.md} describes its fields
   * @throws AdeptException if the directory holds no usable model
   */
  public static ObjectNode of(ModelSource source) {
    Path directory = source.directory();
    try (ModelDirectory model = ModelDirectory.open(source)) {
      ObjectNode report = JSON.createObjectNode();
      report.put("path", directory.toAbsolutePath().normalize().toString());
      source.adapterFolder().ifPresent(folder -> adapter(folder, report));
      shape(model.config(), report);
      weights(model.checkpoint().tensors(), report);
      report.put("tokenizer", model.checkpoint().requireTokenizer().getFileName().toString());
      // One that is made of another format is made here, so that what is not supported is told.
      model.checkpoint().tokenizer().made().ifPresent(Supplier::get);
      files(directory, report.putArray("files"));
      model.adept().ifPresentOrElse(parts -> exits(parts, report), () -> headOnly(model, report));
      problem(model, report);
      validation(directory, report);
      return report;
    } catch (IOException e) {
      throw new AdeptException("Model directory " + directory + " cannot be read: " + e, e);
    }
  }

  private static void adapter(Path folder, ObjectNode report) {
    report
        .putObject("adapter")
        .put("path", folder.toAbsolutePath().normalize().toString())
        .put("made_for", PeftAdapter.base(folder));
  }

  private static void shape(ModelConfig config, ObjectNode report) {
    report.put("model_type", config.modelType());
    report.put("layers", config.layers());
    report.put("width", config.width());
    report.put("heads", config.heads());
    report.put("kv_heads", config.kvHeads());
    report.put("head_dim", config.headDim());
    report.put("mlp_width", config.mlpWidth());
    report.put("vocabulary", config.vocabulary());
    report.put("max_positions", config.maxPositions());
  }

  private static void weights(TensorStore tensors, ObjectNode report) {
    long parameters = 0;
    Map<String, Long> byType = new TreeMap<>();
    for (String name : tensors.names()) {
      Tensor tensor = tensors.tensor(name);
      parameters += tensor.size();
      byType.merge(tensor.type(), tensor.size(), Long::sum);
    }
    report.put("parameters", parameters);
    ObjectNode types = report.putObject("parameters_by_dtype");
    byType.forEach(types::put);
  }

  private static void files(Path directory, ArrayNode files) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path file : entries.filter(Files::isRegularFile).sorted().toList()) {
        files.addObject().put("name", file.getFileName().toString()).put("bytes", Files.size(file));
      }
    }
  }

  private static void exits(AdeptParts parts, ObjectNode report) {
    labels(parts.labels(), report);
    ArrayNode exitLayers = report.putArray("exit_layers");
    ObjectNode inputs = report.putObject("head_inputs");
    for (int layer : parts.exitLayers()) {
      exitLayers.add(layer);
      inputs.put(String.valueOf(layer), parts.headInput(layer).toString());
    }
    if (parts.prompt() != null) {
      prompt(parts.prompt(), report.putObject("prompt"));
    }
    report.put("exit_ensemble", parts.ensemble());
    report.put("checkpoint_layers", parts.checkpointLayers());
    report.put("policy", parts.policy().toString());
    if (!Float.isNaN(parts.threshold())) {
      report.put("threshold", parts.threshold());
    }
    report.put("can", "classify, with early exits (--policy none runs every row at full depth)");
  }

  private static void prompt(Prompt prompt, ObjectNode node) {
    node.put("template", prompt.template().toString());
    if (prompt.chat() != null) {
      node.put("chat", prompt.chat().toString());
    }
  }

  private static void headOnly(ModelDirectory model, ObjectNode report) {
    List<String> labels = model.config().labels();
    labels(labels, report);
    if (labels.isEmpty()) {
      report.put(
          "can", "nothing yet: it has neither a classification head nor exit heads; fit it first");
    } else {
      report.putArray("exit_layers").add(model.config().layers());
      report.put("can", "classify at full depth; it has no exit heads");
    }
  }

  /** Whether rows may have several labels, with their thresholds; nothing without labels. */
  private static void problem(ModelDirectory model, ObjectNode report) {
    if (!model.labels().isEmpty()) {
      boolean multiLabel = model.rule().isMultiLabel();
      report.put("problem_type", multiLabel ? "multi_label" : "single_label");
      if (multiLabel) {
        ArrayNode thresholds = report.putArray("label_thresholds");
        for (float threshold : model.rule().thresholds()) {
          thresholds.add(threshold);
        }
      }
    }
  }

  private static void labels(List<String> labels, ObjectNode report) {
    ArrayNode names = report.putArray("labels");
    labels.forEach(names::add);
  }

  private static void validation(Path directory, ObjectNode report) throws IOException {
    Path file = directory.resolve(AdeptFormat.JSON_FILE);
    if (Files.exists(file)) {
      JsonNode validation = JSON.readTree(file.toFile()).path("validation");
      if (!validation.isMissingNode()) {
        report.set("validation", validation);
      }
    }
  }
}
