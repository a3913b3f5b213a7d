package org.sparkadept.training.model;

import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/** Names and shapes of the trained tensors; projections that read the same input are fused. */
public final class WeightName {
  /** Token embedding, also the language-model head, {@code [vocabulary, width]}. */
  public static final String EMBEDDING = "embedding";

  /** Gain of the final RMSNorm, {@code [width]}. */
  public static final String FINAL_NORM = "final_norm";

  /** Exit heads, {@code [layers, labels, width]}; the last one is the model's score head. */
  public static final String EXIT_WEIGHT = "exit_weight";

  /** Biases of all exit heads but the last, {@code [layers - 1, labels]}. */
  public static final String EXIT_BIAS = "exit_bias";

  private WeightName() {}

  /** Gain of the RMSNorm before attention, {@code [width]}. */
  public static String attentionNorm(int layer) {
    return "layer" + layer + ".attention_norm";
  }

  /** Query, key and value projections, one below the other, {@code [q + 2 kv, width]}. */
  public static String queryKeyValue(int layer) {
    return "layer" + layer + ".query_key_value";
  }

  /** Output projection of attention, {@code [width, q]}. */
  public static String attentionOutput(int layer) {
    return "layer" + layer + ".attention_output";
  }

  /** Gain of the RMSNorm before the MLP, {@code [width]}. */
  public static String mlpNorm(int layer) {
    return "layer" + layer + ".mlp_norm";
  }

  /** Gate and up projections, one below the other, {@code [2 intermediate, width]}. */
  public static String gateUp(int layer) {
    return "layer" + layer + ".gate_up";
  }

  /** Down projection of the MLP, {@code [width, intermediate]}. */
  public static String down(int layer) {
    return "layer" + layer + ".down";
  }

  /** Every tensor of a model with its shape, in a fixed order. */
  public static Map<String, Shape> shapes(ModelShape model) {
    int width = model.width();
    Map<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put(EMBEDDING, new Shape(model.vocabulary(), width));
    for (int layer = 0; layer < model.layers(); layer++) {
      shapes.put(attentionNorm(layer), new Shape(width));
      shapes.put(
          queryKeyValue(layer), new Shape(model.queryWidth() + 2 * model.keyValueWidth(), width));
      shapes.put(attentionOutput(layer), new Shape(width, model.queryWidth()));
      shapes.put(mlpNorm(layer), new Shape(width));
      shapes.put(gateUp(layer), new Shape(2L * model.intermediate(), width));
      shapes.put(down(layer), new Shape(width, model.intermediate()));
    }
    shapes.put(FINAL_NORM, new Shape(width));
    shapes.put(EXIT_WEIGHT, new Shape(model.layers(), model.labels(), width));
    shapes.put(EXIT_BIAS, new Shape(model.layers() - 1, model.labels()));
    return shapes;
  }

  /** Whether a tensor is a matrix that weight decay applies to. */
  public static boolean isDecayed(String name) {
    return !name.endsWith("norm") && !name.equals(EXIT_BIAS);
  }
}
