package org.sparkadept.decoder.adept;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.sparkadept.decoder.exit.HiddenStateMapper;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.tensor.ComputedMatrix;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.decoder.tensor.Matrix;

/**
 * The hidden state mapper as {@code adept.safetensors} has it: for each pair of layers what is
 * added to the copied state, by its factors or as a whole, or nothing where the copy is as good.
 * Files of format version 1 have the whole matrix. A matrix is multiplied out when a compute
 * backend packs it.
 */
final class MapperTensors implements HiddenStateMapper {
  private final CheckedTensors tensors;
  private final String requiredBy;
  private final int outputs;
  private final int width;
  private final HiddenStateMapper copies;
  private final Map<Long, LinearTensors> maps = new ConcurrentHashMap<>();

  /**
   * @param requiredBy what requires the tensors, for messages
   * @param copies the mapper that they are added to
   */
  MapperTensors(
      CheckedTensors tensors, String requiredBy, ModelConfig config, HiddenStateMapper copies) {
    this.tensors = tensors;
    this.requiredBy = requiredBy;
    this.copies = copies;
    outputs = 2 * config.keyWidth();
    width = config.width();
  }

  @Override
  public LinearTensors map(int exitLayer, int layer) {
    return maps.computeIfAbsent(
        (long) exitLayer << 32 | layer, key -> read(exitLayer + 1, layer + 1));
  }

  private LinearTensors read(int exit, int layer) {
    LinearTensors copy = copies.map(exit - 1, layer - 1);
    String bias = AdeptFormat.mapperBias(exit, layer);
    String up = AdeptFormat.mapperUp(exit, layer);
    String down = AdeptFormat.mapperDown(exit, layer);
    String delta = AdeptFormat.mapperDelta(exit, layer);
    String whole = AdeptFormat.mapperWeight(exit, layer);
    Matrix weight;
    if (tensors.has(up) || tensors.has(down)) {
      Matrix left = Matrix.of(tensors.tensor(up, requiredBy, outputs, -1));
      Matrix right = Matrix.of(tensors.tensor(down, requiredBy, left.cols(), width));
      weight = ComputedMatrix.sum(copy.weight(), ComputedMatrix.product(left, right));
    } else if (tensors.has(delta)) {
      Matrix added = Matrix.of(tensors.tensor(delta, requiredBy, outputs, width));
      weight = ComputedMatrix.sum(copy.weight(), added);
    } else if (tensors.has(whole) || tensors.has(bias)) {
      weight = Matrix.of(tensors.tensor(whole, requiredBy, outputs, width));
    } else {
      return copy;
    }
    return new LinearTensors(weight, tensors.vector(bias, outputs, requiredBy));
  }

  /** Adds the tensors of a correction; layers count from 1. */
  static void write(SafetensorsWriter writer, int exit, int layer, MapperCorrection correction) {
    float[] down = correction.down();
    int outputs = correction.bias().length;
    if (correction.up() == null) {
      int width = down.length / outputs;
      writer.add(AdeptFormat.mapperDelta(exit, layer), DType.BF16, down, outputs, width);
    } else {
      int rank = correction.up().length / outputs;
      int width = down.length / rank;
      writer
          .add(AdeptFormat.mapperUp(exit, layer), DType.BF16, correction.up(), outputs, rank)
          .add(AdeptFormat.mapperDown(exit, layer), DType.BF16, down, rank, width);
    }
    writer.add(AdeptFormat.mapperBias(exit, layer), DType.F32, correction.bias(), outputs);
  }
}
