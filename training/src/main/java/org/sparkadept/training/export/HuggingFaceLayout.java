package org.sparkadept.training.export;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.model.WeightName;
import org.sparkadept.training.safetensors.Tensor;

/** Translates between the fused tensors of training and the names of a Hugging Face checkpoint. */
final class HuggingFaceLayout {
  private HuggingFaceLayout() {}

  /** One matrix inside a fused one, all with as many columns. */
  private record Part(String name, int rows) {}

  /** The tensors of model.safetensors. */
  static List<Tensor> backbone(ModelShape model, Map<String, float[]> values) {
    int width = model.width();
    List<Tensor> tensors = new ArrayList<>();
    tensors.add(matrix("model.embed_tokens.weight", values.get(WeightName.EMBEDDING), width));
    for (int layer = 0; layer < model.layers(); layer++) {
      for (Map.Entry<String, List<Part>> fused : layer(model, layer).entrySet()) {
        float[] all = values.get(fused.getKey());
        int columns = all.length / rows(fused.getValue());
        int from = 0;
        for (Part part : fused.getValue()) {
          int to = from + part.rows * columns;
          tensors.add(tensor(part.name, Arrays.copyOfRange(all, from, to), part.rows, columns));
          from = to;
        }
      }
    }
    tensors.add(vector("model.norm.weight", values.get(WeightName.FINAL_NORM)));
    float[] heads = values.get(WeightName.EXIT_WEIGHT);
    int head = model.labels() * width;
    float[] score = Arrays.copyOfRange(heads, heads.length - head, heads.length);
    tensors.add(matrix("score.weight", score, width));
    return tensors;
  }

  /** The tensors of adept.safetensors: the heads of all exits but the last. */
  static List<Tensor> exits(ModelShape model, Map<String, float[]> values) {
    int head = model.labels() * model.width();
    float[] weights = values.get(WeightName.EXIT_WEIGHT);
    float[] biases = values.get(WeightName.EXIT_BIAS);
    List<Tensor> tensors = new ArrayList<>();
    for (int exit = 0; exit < model.layers() - 1; exit++) {
      float[] weight = Arrays.copyOfRange(weights, exit * head, (exit + 1) * head);
      float[] bias = Arrays.copyOfRange(biases, exit * model.labels(), (exit + 1) * model.labels());
      tensors.add(matrix(exitName(exit, "weight"), weight, model.width()));
      tensors.add(vector(exitName(exit, "bias"), bias));
    }
    return tensors;
  }

  /**
   * The way back.
   *
   * @param tensors tensors of model.safetensors and adept.safetensors
   * @throws IOException if one is missing
   */
  static Map<String, float[]> fuse(ModelShape model, Map<String, Tensor> tensors)
      throws IOException {
    Map<String, float[]> values = new LinkedHashMap<>();
    values.put(WeightName.EMBEDDING, get(tensors, "model.embed_tokens.weight"));
    for (int layer = 0; layer < model.layers(); layer++) {
      for (Map.Entry<String, List<Part>> fused : layer(model, layer).entrySet()) {
        List<float[]> parts = new ArrayList<>();
        for (Part part : fused.getValue()) {
          parts.add(get(tensors, part.name));
        }
        values.put(fused.getKey(), concat(parts));
      }
    }
    values.put(WeightName.FINAL_NORM, get(tensors, "model.norm.weight"));
    List<float[]> weights = new ArrayList<>();
    List<float[]> biases = new ArrayList<>();
    for (int exit = 0; exit < model.layers() - 1; exit++) {
      weights.add(get(tensors, exitName(exit, "weight")));
      biases.add(get(tensors, exitName(exit, "bias")));
    }
    weights.add(get(tensors, "score.weight"));
    values.put(WeightName.EXIT_WEIGHT, concat(weights));
    values.put(WeightName.EXIT_BIAS, concat(biases));
    return values;
  }

  private static Map<String, List<Part>> layer(ModelShape model, int layer) {
    String prefix = "model.layers." + layer + ".";
    String attention = prefix + "self_attn.";
    String mlp = prefix + "mlp.";
    Map<String, List<Part>> parts = new LinkedHashMap<>();
    parts.put(
        WeightName.attentionNorm(layer), List.of(new Part(prefix + "input_layernorm.weight", 1)));
    parts.put(
        WeightName.queryKeyValue(layer),
        List.of(
            new Part(attention + "q_proj.weight", model.queryWidth()),
            new Part(attention + "k_proj.weight", model.keyValueWidth()),
            new Part(attention + "v_proj.weight", model.keyValueWidth())));
    parts.put(
        WeightName.attentionOutput(layer),
        List.of(new Part(attention + "o_proj.weight", model.width())));
    parts.put(
        WeightName.mlpNorm(layer),
        List.of(new Part(prefix + "post_attention_layernorm.weight", 1)));
    parts.put(
        WeightName.gateUp(layer),
        List.of(
            new Part(mlp + "gate_proj.weight", model.intermediate()),
            new Part(mlp + "up_proj.weight", model.intermediate())));
    parts.put(WeightName.down(layer), List.of(new Part(mlp + "down_proj.weight", model.width())));
    return parts;
  }

  private static String exitName(int exit, String kind) {
    return "exit." + (exit + 1) + "." + kind;
  }

  private static int rows(List<Part> parts) {
    int rows = 0;
    for (Part part : parts) {
      rows += part.rows;
    }
    return rows;
  }

  private static Tensor tensor(String name, float[] values, int rows, int columns) {
    return name.endsWith("layernorm.weight")
        ? vector(name, values)
        : new Tensor(name, new long[] {rows, columns}, values);
  }

  private static Tensor matrix(String name, float[] values, int columns) {
    return new Tensor(name, new long[] {values.length / columns, columns}, values);
  }

  private static Tensor vector(String name, float[] values) {
    return new Tensor(name, new long[] {values.length}, values);
  }

  private static float[] get(Map<String, Tensor> tensors, String name) throws IOException {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IOException("the model directory has no tensor " + name);
    }
    return tensor.values();
  }

  private static float[] concat(List<float[]> parts) {
    int length = 0;
    for (float[] part : parts) {
      length += part.length;
    }
    float[] all = new float[length];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
