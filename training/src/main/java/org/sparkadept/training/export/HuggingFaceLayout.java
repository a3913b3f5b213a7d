package org.sparkadept.training.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.TensorStore;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.model.family.ModelFamilies;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.model.WeightName;

/** Translates between the fused tensors of training and the names of a Hugging Face checkpoint. */
final class HuggingFaceLayout {
  private static final String EMBEDDING = "model.embed_tokens.weight";
  private static final String FINAL_NORM = "model.norm.weight";

  private HuggingFaceLayout() {}

  /** One matrix inside a fused one, all with as many columns, or the gain of a norm. */
  private record Part(String name, int rows) {
    int[] shape(int columns) {
      return name.endsWith("layernorm.weight") ? new int[] {columns} : new int[] {rows, columns};
    }
  }

  /** The backbone and the last exit head, in half precision. */
  static SafetensorsWriter backbone(ModelShape model, Map<String, float[]> values) {
    int width = model.width();
    SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
    float[] embedding = values.get(WeightName.EMBEDDING);
    writer.add(EMBEDDING, DType.F16, embedding, model.vocabulary(), width);
    for (int layer = 0; layer < model.layers(); layer++) {
      for (Map.Entry<String, List<Part>> fused : layer(model, layer).entrySet()) {
        float[] all = values.get(fused.getKey());
        int columns = all.length / rows(fused.getValue());
        int from = 0;
        for (Part part : fused.getValue()) {
          int to = from + part.rows * columns;
          float[] some = Arrays.copyOfRange(all, from, to);
          writer.add(part.name, DType.F16, some, part.shape(columns));
          from = to;
        }
      }
    }
    writer.add(FINAL_NORM, DType.F16, values.get(WeightName.FINAL_NORM), width);
    float[] heads = values.get(WeightName.EXIT_WEIGHT);
    int head = model.labels() * width;
    float[] score = Arrays.copyOfRange(heads, heads.length - head, heads.length);
    return writer.add(ModelFamilies.CLASSIFICATION_HEAD, DType.F16, score, model.labels(), width);
  }

  /** The exit heads but the last, in single precision. */
  static SafetensorsWriter exits(ModelShape model, Map<String, float[]> values) {
    int labels = model.labels();
    int head = labels * model.width();
    float[] weights = values.get(WeightName.EXIT_WEIGHT);
    float[] biases = values.get(WeightName.EXIT_BIAS);
    SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
    for (int exit = 0; exit < model.layers() - 1; exit++) {
      float[] weight = Arrays.copyOfRange(weights, exit * head, (exit + 1) * head);
      float[] bias = Arrays.copyOfRange(biases, exit * labels, (exit + 1) * labels);
      writer.add(AdeptFormat.headWeight(exit + 1), DType.F32, weight, labels, model.width());
      writer.add(AdeptFormat.headBias(exit + 1), DType.F32, bias, labels);
    }
    return writer;
  }

  /**
   * The weights for training from the tensors of a model directory.
   *
   * @param backbone tensors of the checkpoint
   * @param exits tensors of the exit heads
   * @throws CheckpointException if a tensor is missing
   */
  static Map<String, float[]> fuse(ModelShape model, TensorStore backbone, TensorStore exits) {
    Map<String, float[]> values = new LinkedHashMap<>();
    values.put(WeightName.EMBEDDING, backbone.tensor(EMBEDDING).readAll());
    for (int layer = 0; layer < model.layers(); layer++) {
      for (Map.Entry<String, List<Part>> fused : layer(model, layer).entrySet()) {
        List<float[]> parts = new ArrayList<>();
        for (Part part : fused.getValue()) {
          parts.add(backbone.tensor(part.name).readAll());
        }
        values.put(fused.getKey(), concat(parts));
      }
    }
    values.put(WeightName.FINAL_NORM, backbone.tensor(FINAL_NORM).readAll());
    List<float[]> weights = new ArrayList<>();
    List<float[]> biases = new ArrayList<>();
    for (int exit = 0; exit < model.layers() - 1; exit++) {
      weights.add(exits.tensor(AdeptFormat.headWeight(exit + 1)).readAll());
      biases.add(exits.tensor(AdeptFormat.headBias(exit + 1)).readAll());
    }
    weights.add(backbone.tensor(ModelFamilies.CLASSIFICATION_HEAD).readAll());
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

  private static int rows(List<Part> parts) {
    int rows = 0;
    for (Part part : parts) {
      rows += part.rows;
    }
    return rows;
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
