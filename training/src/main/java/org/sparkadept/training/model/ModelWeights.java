package org.sparkadept.training.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.tensor.Matrix;
import org.sparkadept.training.torch.Precision;
import org.sparkadept.training.torch.TorchScript;

/**
 * The weights of the layers that are kept, of the exit heads and, where it is trained, of the token
 * embedding. They are read tensor by tensor, so that no more than one is in memory twice.
 */
public final class ModelWeights {
  /** Name of the token embedding. */
  public static final String EMBEDDING = "embedding";

  /**
   * What LoRA's change is multiplied by: its authors' alpha over the rank, alpha twice the rank.
   */
  public static final float LORA_SCALE = 2;

  private static final int BLOCK_ELEMENTS = 1 << 16;

  private final NDManager manager;
  private final TorchScript program;
  private final Precision precision;
  private final ExitPlan plan;
  private final Random random;
  private final List<Map<String, Weight>> layers = new ArrayList<>();
  private final List<Map<String, Weight>> heads = new ArrayList<>();
  private final Map<String, Weight> finalNorm = new LinkedHashMap<>();
  private final Weight embedding;

  /**
   * Reads the weights; heads are 0 at first, and so is what LoRA adds.
   *
   * @param manager owns them
   * @param tensors the checkpoint
   * @param labels number of labels
   * @param seed seeds LoRA's matrices
   * @throws AdeptException if the family cannot be tuned, or a tensor is too large for it
   */
  ModelWeights(
      NDManager manager,
      TorchScript program,
      ModelTensors tensors,
      ExitPlan plan,
      int labels,
      Precision precision,
      long seed) {
    this.manager = manager;
    this.program = program;
    this.precision = precision;
    this.plan = plan;
    this.random = new Random(seed);
    embedding =
        plan.trainEmbedding()
            ? read(EMBEDDING, Slot.matrices(EMBEDDING, tensors.embedding()), true, false)
            : null;
    boolean whole = plan.loraRank() == 0;
    for (int layer = 0; layer < plan.depth(); layer++) {
      Map<String, Weight> weights = new LinkedHashMap<>();
      for (Slot slot : WeightPlan.layer(tensors, layer)) {
        String name = layer(layer, slot.name());
        weights.put(slot.name(), read(name, slot, whole, !slot.vector()));
        if (!whole && !slot.vector()) {
          addLora(weights, layer, slot);
        }
      }
      layers.add(weights);
    }
    for (Slot slot : WeightPlan.finalNorm(tensors)) {
      finalNorm.put(slot.name(), read(slot.name(), slot, whole, false));
    }
    int features = plan.features(tensors.config().width());
    for (int layer : plan.exitLayers()) {
      Map<String, Weight> head = new LinkedHashMap<>();
      head.put("head.weight", trained(headWeight(layer), zeros(labels, features), false));
      head.put("head.bias", trained(headBias(layer), zeros(labels), false));
      heads.add(head);
    }
  }

  /** Name of a weight of a layer, from 0. */
  public static String layer(int layer, String slot) {
    return "layer." + layer + "." + slot;
  }

  /** Name of LoRA's matrix A for a projection, {@code [parts * rank, inputs]}. */
  public static String loraDown(String slot) {
    return slot.replace(WeightPlan.WEIGHT, ".lora_a");
  }

  /** Name of LoRA's matrix B for one part of a projection, {@code [outputs, rank]}. */
  public static String loraUp(String slot, int part) {
    return slot.replace(WeightPlan.WEIGHT, ".lora_b") + part;
  }

  /** Name of the weight of an exit head, {@code [labels, features]}; layers count from 1. */
  public static String headWeight(int exitLayer) {
    return "head." + exitLayer + ".weight";
  }

  /** Name of the bias of an exit head, {@code [labels]}. */
  public static String headBias(int exitLayer) {
    return "head." + exitLayer + ".bias";
  }

  private void addLora(Map<String, Weight> weights, int layer, Slot slot) {
    int rank = plan.loraRank();
    int parts = slot.parts().size();
    NDArray down = zeros(parts * rank, slot.cols());
    FloatBuffer values = Weight.floats(down);
    double deviation = 1 / Math.sqrt(slot.cols());
    for (int i = 0; i < values.capacity(); i++) {
      values.put(i, (float) (deviation * random.nextGaussian()));
    }
    String name = loraDown(slot.name());
    weights.put(name, trained(layer(layer, name), down, false));
    for (int part = 0; part < parts; part++) {
      String up = loraUp(slot.name(), part);
      NDArray nothing = zeros(slot.parts().get(part).rows(), rank);
      weights.put(up, trained(layer(layer, up), nothing, false));
    }
  }

  private Weight read(String name, Slot slot, boolean train, boolean product) {
    if (slot.size() > Integer.MAX_VALUE / Float.BYTES) {
      throw new AdeptException(
          String.format(
              "%s has %,d elements, too many to be tuned; choose a smaller backbone.",
              slot.parts().get(0).name(), slot.size()));
    }
    NDArray exact = slot.vector() ? zeros(slot.cols()) : zeros(slot.rows(), slot.cols());
    fill(slot, Weight.floats(exact));
    if (train) {
      return trained(name, exact, product);
    }
    NDArray computed = product ? computed(exact) : exact;
    if (computed != exact) {
      exact.close();
    }
    return Weight.frozen(name, computed);
  }

  private Weight trained(String name, NDArray exact, boolean product) {
    return Weight.trained(manager, name, exact, product ? computed(exact) : exact);
  }

  private NDArray computed(NDArray exact) {
    return precision == Precision.F32
        ? exact
        : program.run(manager, true, "compute_format", Map.of(), exact);
  }

  private NDArray zeros(long... shape) {
    return manager.zeros(new Shape(shape));
  }

  private static void fill(Slot slot, FloatBuffer to) {
    for (Matrix part : slot.parts()) {
      int rows = Math.max(1, BLOCK_ELEMENTS / part.cols());
      float[] block = new float[Math.min(rows, part.rows()) * part.cols()];
      for (int first = 0; first < part.rows(); first += rows) {
        int count = Math.min(rows, part.rows() - first);
        part.read(first, count, block, 0);
        to.put(block, 0, count * part.cols());
      }
    }
  }

  /** The weights of a layer, from 0, by the program's names. */
  Map<String, Weight> layer(int layer) {
    return layers.get(layer);
  }

  /** The head of an exit, from 0. */
  Map<String, Weight> head(int exit) {
    return heads.get(exit);
  }

  /** The norm that exit heads share. */
  Map<String, Weight> finalNorm() {
    return finalNorm;
  }

  /** The token embedding; null where it is not trained. */
  Weight embedding() {
    return embedding;
  }

  /** All weights that are trained, in a fixed order. */
  public List<Weight> trained() {
    List<Weight> all = new ArrayList<>();
    if (embedding != null) {
      all.add(embedding);
    }
    layers.forEach(layer -> all.addAll(layer.values()));
    all.addAll(finalNorm.values());
    heads.forEach(head -> all.addAll(head.values()));
    all.removeIf(weight -> !weight.isTrained());
    return all;
  }
}
