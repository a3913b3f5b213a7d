package org.sparkadept.training.model;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.tensor.Matrix;

/** Which tensors of a checkpoint make which weights of the program. */
public final class WeightPlan {
  /** The projections, by name; what LoRA changes. */
  static final String WEIGHT = ".weight";

  private WeightPlan() {}

  /**
   * Checks that a model can be tuned.
   *
   * @throws org.sparkadept.decoder.error.AdeptException if its family is not known here, or its
   *     block has what the tuner does not compute
   */
  public static void requireTunable(ModelTensors tensors) {
    VectorNames.of(tensors, 0);
  }

  /**
   * The weights of one layer.
   *
   * @param layer from 0
   * @throws org.sparkadept.decoder.error.AdeptException if the family cannot be tuned
   */
  public static List<Slot> layer(ModelTensors tensors, int layer) {
    LayerTensors from = tensors.layer(layer);
    VectorNames names = VectorNames.of(tensors, layer);
    List<Slot> slots = new ArrayList<>();
    norm(slots, "attention_norm", names.attentionNorm(), from.attentionNorm());
    projection(slots, "query_key_value", from.query(), from.key(), from.value());
    vector(slots, "query_norm.weight", names.queryNorm(), from.queryNorm());
    vector(slots, "key_norm.weight", names.keyNorm(), from.keyNorm());
    projection(slots, "attention_output", from.output());
    norm(slots, "mlp_norm", names.mlpNorm(), from.mlpNorm());
    if (from.gate() == null) {
      projection(slots, "up", from.up());
    } else {
      projection(slots, "up", from.gate(), from.up());
    }
    projection(slots, "down", from.down());
    return slots;
  }

  /** The norm that exit heads share. */
  public static List<Slot> finalNorm(ModelTensors tensors) {
    List<Slot> slots = new ArrayList<>();
    norm(slots, "final_norm", VectorNames.finalNorm(tensors), tensors.finalNorm());
    return slots;
  }

  private static void projection(List<Slot> slots, String name, LinearTensors... parts) {
    List<Matrix> weights = new ArrayList<>();
    List<Matrix> biases = new ArrayList<>();
    for (LinearTensors part : parts) {
      weights.add(part.weight());
      if (part.bias() != null) {
        biases.add(row(VectorNames.bias(part.weight().name()), part.bias()));
      }
    }
    slots.add(new Slot(name + WEIGHT, weights, false));
    if (!biases.isEmpty()) {
      slots.add(new Slot(name + ".bias", biases, true));
    }
  }

  private static void norm(List<Slot> slots, String name, String tensor, NormTensors norm) {
    vector(slots, name + WEIGHT, tensor, norm.weight());
    vector(slots, name + ".bias", VectorNames.bias(tensor), norm.bias());
  }

  private static void vector(List<Slot> slots, String name, String tensor, float[] values) {
    if (values != null) {
      slots.add(new Slot(name, List.of(row(tensor, values)), true));
    }
  }

  private static Matrix row(String tensor, float[] values) {
    return Matrix.of(tensor, 1, values.length, values);
  }
}
