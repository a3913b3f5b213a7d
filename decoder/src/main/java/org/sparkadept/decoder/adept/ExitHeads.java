package org.sparkadept.decoder.adept;

import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.format.safetensors.Checkpoint;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.family.ModelTensors;
import org.sparkadept.decoder.tensor.Matrix;
import org.sparkadept.decoder.tensor.Tensor;

/** Where a model directory keeps its exit heads. */
public final class ExitHeads {
  private ExitHeads() {}

  /**
   * @param directory a model directory
   * @param tensors its backbone
   * @return the exit head {@code [labels, width]} of each exit layer, counted from 1; the
   *     checkpoint's own classification head, where it has one, is that of the last layer
   * @throws AdeptException if there is no exit head at all
   */
  public static SortedMap<Integer, LinearTensors> of(
      ModelDirectory directory, ModelTensors tensors) {
    SortedMap<Integer, LinearTensors> heads = new TreeMap<>();
    if (directory.adept().isPresent()) {
      AdeptParts parts = directory.adept().get();
      for (int layer : parts.exitLayers()) {
        String weight = "exit." + layer + ".weight";
        if (parts.tensors().has(weight)) {
          heads.put(layer, linear(parts.tensors(), weight, "exit." + layer + ".bias"));
        }
      }
    }
    if (tensors.score() != null) {
      heads.put(directory.config().layers(), new LinearTensors(tensors.score(), null));
    }
    if (heads.isEmpty()) {
      throw new AdeptException(
          directory.path()
              + " is a language model without a classification head: it has neither 'score.weight'"
              + " nor adept.json. Give a checkpoint of the kind …ForSequenceClassification, or one"
              + " that exit heads were fitted for.");
    }
    return heads;
  }

  /**
   * @param heads the exit heads
   * @param policy the exit policy
   * @return the heads with one more output, behind the logits, where the policy reads the state
   */
  public static SortedMap<Integer, LinearTensors> withScores(
      SortedMap<Integer, LinearTensors> heads, ExitPolicy policy) {
    SortedMap<Integer, LinearTensors> scored = new TreeMap<>(heads);
    scored.replaceAll((layer, head) -> withRow(head, policy.stateWeights(layer)));
    return scored;
  }

  private static LinearTensors withRow(LinearTensors head, float[] row) {
    if (row == null) {
      return head;
    }
    Matrix matrix = head.weight();
    float[] weight = new float[(matrix.rows() + 1) * matrix.cols()];
    matrix.read(0, matrix.rows(), weight, 0);
    System.arraycopy(row, 0, weight, matrix.rows() * matrix.cols(), row.length);
    float[] bias = new float[matrix.rows() + 1];
    if (head.bias() != null) {
      System.arraycopy(head.bias(), 0, bias, 0, matrix.rows());
    }
    return new LinearTensors(
        Matrix.of(matrix.name(), matrix.rows() + 1, matrix.cols(), weight), bias);
  }

  private static LinearTensors linear(Checkpoint checkpoint, String weight, String bias) {
    Tensor tensor = checkpoint.tensor(bias);
    float[] values = new float[tensor.dim(0)];
    tensor.read(0, values, 0, values.length);
    return new LinearTensors(Matrix.of(checkpoint.tensor(weight)), values);
  }
}
