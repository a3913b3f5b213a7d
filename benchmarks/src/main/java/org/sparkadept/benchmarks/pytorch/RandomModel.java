package org.sparkadept.benchmarks.pytorch;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.format.safetensors.SafetensorsFormat;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.tensor.DType;

/**
 * Writes a classifier of random weights as a Hugging Face checkpoint, and rows for it. The weights
 * are stored in half precision, so that a run in half precision has the same weights as one in
 * single. A token is a number: the text {@code "17 4 99"} has the token ids 17, 4 and 99.
 */
final class RandomModel {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final double EMBEDDING_DEVIATION = 0.5;
  private static final double NORM_DEVIATION = 0.1;
  private static final int SHORTEST_ROW = 4;
  static final int LONGEST_ROW = 256;
  private static final double LENGTH_DEVIATION = 0.6;

  /** Share of the heap that the weights may take while they are written. */
  private static final double HEAP_SHARE = 0.8;

  private final ModelSize size;
  private final SplittableRandom random;
  private final SafetensorsWriter tensors = new SafetensorsWriter();

  private RandomModel(ModelSize size, long seed) {
    this.size = size;
    random = new SplittableRandom(seed);
  }

  /**
   * Writes the checkpoint.
   *
   * @param directory where to; it exists
   * @param size how large the model is
   * @param seed the same seed gives the same weights
   * @throws AdeptException if they cannot be written
   */
  static void write(Path directory, ModelSize size, long seed) throws IOException {
    Files.write(
        directory.resolve(SafetensorsFormat.CONFIG_FILE), JSON.writeValueAsBytes(config(size)));
    Files.write(
        directory.resolve(SafetensorsFormat.TOKENIZER_FILE), JSON.writeValueAsBytes(tokenizer()));
    RandomModel model = new RandomModel(size, seed);
    model.draw();
    model.tensors.write(directory.resolve(SafetensorsFormat.WEIGHTS_FILE));
  }

  /**
   * @throws AdeptException if the weights of such a model do not fit into the heap
   */
  static void requireHeap(ModelSize size) {
    long needed = size.weights() * Float.BYTES;
    long heap = Runtime.getRuntime().maxMemory();
    if (needed > HEAP_SHARE * heap) {
      throw new AdeptException(
          String.format(
              "The weights of a model of size %s take %d MiB, which is too much for a heap of %d"
                  + " MiB; give more by BENCHMARK_MEMORY.",
              size, needed >> 20, heap >> 20));
    }
  }

  /** Label names. */
  static List<String> labels() {
    return IntStream.range(0, ModelSize.LABELS).mapToObj(i -> "label " + i).toList();
  }

  /**
   * Draws texts of random tokens. Their lengths are log-normal (the logarithm's deviation is
   * {@value #LENGTH_DEVIATION}), cut to {@value #SHORTEST_ROW} to {@value #LONGEST_ROW} tokens.
   *
   * @param count number of texts
   * @param median the middle length, in tokens
   * @param seed the same seed gives the same texts
   */
  static byte[][] rows(int count, int median, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    byte[][] texts = new byte[count][];
    for (int row = 0; row < count; row++) {
      double length = median * Math.exp(LENGTH_DEVIATION * random.nextGaussian());
      int tokens = (int) Math.max(SHORTEST_ROW, Math.min(LONGEST_ROW, Math.round(length)));
      StringBuilder text = new StringBuilder();
      for (int token = 0; token < tokens; token++) {
        text.append(token == 0 ? "" : " ").append(random.nextInt(ModelSize.VOCABULARY));
      }
      texts[row] = text.toString().getBytes(StandardCharsets.UTF_8);
    }
    return texts;
  }

  private static ObjectNode config(ModelSize size) {
    ObjectNode config = NODES.objectNode();
    config.putArray("architectures").add("LlamaForSequenceClassification");
    config.put("model_type", "llama").put("hidden_act", "silu").put("torch_dtype", "float16");
    config.put("hidden_size", size.width()).put("num_hidden_layers", size.layers());
    config.put("num_attention_heads", size.heads()).put("head_dim", size.headWidth());
    config.put("num_key_value_heads", size.keyValueHeads());
    config.put("intermediate_size", size.mlpWidth());
    config.put("vocab_size", ModelSize.VOCABULARY);
    config.put("max_position_embeddings", ModelSize.POSITIONS);
    config.put("rms_norm_eps", 1e-5).put("rope_theta", 10000.0);
    config.put("attention_bias", false).put("mlp_bias", false).put("tie_word_embeddings", true);
    config.put("pad_token_id", 0);
    List<String> labels = labels();
    ObjectNode names = config.putObject("id2label");
    ObjectNode ids = config.putObject("label2id");
    for (int i = 0; i < labels.size(); i++) {
      names.put(Integer.toString(i), labels.get(i));
      ids.put(labels.get(i), i);
    }
    return config;
  }

  private static ObjectNode tokenizer() {
    ObjectNode root = NODES.objectNode();
    root.put("version", "1.0");
    root.putArray("added_tokens");
    root.putObject("pre_tokenizer").put("type", "WhitespaceSplit");
    ObjectNode model = root.putObject("model").put("type", "WordLevel").put("unk_token", "0");
    ObjectNode vocabulary = model.putObject("vocab");
    for (int id = 0; id < ModelSize.VOCABULARY; id++) {
      vocabulary.put(Integer.toString(id), id);
    }
    return root;
  }

  private void draw() {
    int width = size.width();
    matrix("model.embed_tokens.weight", ModelSize.VOCABULARY, width, EMBEDDING_DEVIATION);
    for (int layer = 0; layer < size.layers(); layer++) {
      String at = "model.layers." + layer + ".";
      norm(at + "input_layernorm.weight");
      linear(at + "self_attn.q_proj.weight", width, width);
      linear(at + "self_attn.k_proj.weight", size.keyWidth(), width);
      linear(at + "self_attn.v_proj.weight", size.keyWidth(), width);
      linear(at + "self_attn.o_proj.weight", width, width);
      norm(at + "post_attention_layernorm.weight");
      linear(at + "mlp.gate_proj.weight", size.mlpWidth(), width);
      linear(at + "mlp.up_proj.weight", size.mlpWidth(), width);
      linear(at + "mlp.down_proj.weight", width, size.mlpWidth());
    }
    norm("model.norm.weight");
    linear("score.weight", ModelSize.LABELS, width);
  }

  /** A matrix whose product with a vector of unit elements has unit elements. */
  private void linear(String name, int outputs, int inputs) {
    matrix(name, outputs, inputs, 1 / Math.sqrt(inputs));
  }

  private void matrix(String name, int rows, int columns, double deviation) {
    add(name, uniform(random, rows * columns, 0, deviation), rows, columns);
  }

  private void norm(String name) {
    add(name, uniform(random, size.width(), 1, NORM_DEVIATION), size.width());
  }

  private void add(String name, float[] values, int... shape) {
    tensors.add(name, DType.F16, values, shape);
  }

  /** Values that are spread evenly about a mean. */
  static float[] uniform(SplittableRandom random, int count, double mean, double deviation) {
    double reach = Math.sqrt(3) * deviation;
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (mean + reach * (2 * random.nextDouble() - 1));
    }
    return values;
  }
}
