package org.sparkadept.training.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.sparkadept.decoder.format.safetensors.SafetensorsFormat;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.tokenizer.Vocabulary;

/** The config.json of a Hugging Face {@code LlamaForSequenceClassification}. */
final class LlamaConfig {
  private static final double INITIALIZER_RANGE = 0.02;
  private static final ObjectMapper JSON = new ObjectMapper();

  private LlamaConfig() {}

  static void write(Path directory, ModelShape model, List<String> labels) throws IOException {
    ObjectNode config = JSON.createObjectNode();
    config.putArray("architectures").add("LlamaForSequenceClassification");
    config.put("model_type", "llama");
    config.put("attention_bias", false);
    config.put("attention_dropout", 0.0);
    config.putNull("bos_token_id");
    config.putNull("eos_token_id");
    config.put("pad_token_id", Vocabulary.PAD_ID);
    config.put("head_dim", model.headWidth());
    config.put("hidden_act", "silu");
    config.put("hidden_size", model.width());
    config.put("initializer_range", INITIALIZER_RANGE);
    config.put("intermediate_size", model.intermediate());
    config.put("max_position_embeddings", model.maxPositions());
    config.put("mlp_bias", false);
    config.put("num_attention_heads", model.queryHeads());
    config.put("num_hidden_layers", model.layers());
    config.put("num_key_value_heads", model.keyValueHeads());
    config.put("pretraining_tp", 1);
    config.put("rms_norm_eps", 1e-5);
    config.putNull("rope_scaling");
    config.put("rope_theta", ModelShape.ROTARY_THETA);
    config.put("tie_word_embeddings", true);
    config.put("torch_dtype", "float16");
    config.put("use_cache", false);
    config.put("vocab_size", model.vocabulary());
    ObjectNode names = config.putObject("id2label");
    ObjectNode ids = config.putObject("label2id");
    for (int i = 0; i < labels.size(); i++) {
      names.put(String.valueOf(i), labels.get(i));
      ids.put(labels.get(i), i);
    }
    Files.write(
        directory.resolve(SafetensorsFormat.CONFIG_FILE),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(config));
  }
}
