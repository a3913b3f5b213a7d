package org.sparkadept.training.tune;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.sparkadept.decoder.format.JsonObject;

/** The {@code config.json} of a backbone that was cut; what does not depend on it is kept. */
final class CutConfig {
  /** Number of layers: of Llama and what is built like it, of GPT-2. */
  private static final List<String> LAYERS = List.of("num_hidden_layers", "n_layer");

  /** What belongs to a classification head. */
  private static final List<String> HEAD =
      List.of("id2label", "label2id", "num_labels", "problem_type");

  /** One entry a layer. */
  private static final String LAYER_TYPES = "layer_types";

  private static final String ARCHITECTURES = "architectures";
  private static final ObjectMapper JSON = new ObjectMapper();

  private CutConfig() {}

  static void write(JsonObject from, Path to, int depth) throws IOException {
    ObjectNode config = (ObjectNode) JSON.readTree(from.toJson());
    for (String key : LAYERS) {
      if (config.has(key)) {
        config.put(key, depth);
      }
    }
    config.remove(HEAD);
    if (config.get(LAYER_TYPES) instanceof ArrayNode types) {
      while (types.size() > depth) {
        types.remove(depth);
      }
    }
    if (config.has(ARCHITECTURES)) {
      // Neither a language model's head nor a classifier's is left: LlamaForCausalLM → LlamaModel.
      String name = config.get(ARCHITECTURES).path(0).asText();
      String base = name.replaceFirst("(For|LMHead|DoubleHeads).*$", "");
      config.putArray(ARCHITECTURES).add(base.endsWith("Model") ? base : base + "Model");
    }
    Files.write(to, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config));
  }
}
