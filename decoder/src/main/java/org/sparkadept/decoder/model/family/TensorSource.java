package org.sparkadept.decoder.model.family;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.tensor.Matrix;
import org.sparkadept.decoder.tensor.RowsMatrix;
import org.sparkadept.decoder.tensor.Tensor;

/** A checkpoint's tensors, each handed out only in the shape that the configuration asks for. */
public final class TensorSource {
  private final Checkpoint checkpoint;
  private final String prefix;
  private final Set<String> used = new HashSet<>();

  /**
   * @param checkpoint where the tensors are
   * @param prefix what all names of the backbone start with in this file
   */
  TensorSource(Checkpoint checkpoint, String prefix) {
    this.checkpoint = checkpoint;
    this.prefix = prefix;
  }

  /** A source of the tensors that start with {@code prefix} if {@code probe} is among them. */
  static TensorSource withPrefix(Checkpoint checkpoint, String prefix, String probe) {
    boolean bare = checkpoint.tensors().has(probe) && !checkpoint.tensors().has(prefix + probe);
    return new TensorSource(checkpoint, bare ? "" : prefix);
  }

  /** Names of the tensors that were handed out. */
  Set<String> used() {
    return used;
  }

  /**
   * The tensor {@code prefix + name}.
   *
   * @throws CheckpointException if it is absent, of another shape, or of a type that cannot be read
   */
  public Tensor tensor(String name, int... shape) {
    return exactly(prefix + name, shape);
  }

  /** The tensor of exactly that name; else as {@link #tensor}. */
  public Tensor exactly(String name, int... shape) {
    Tensor tensor = checkpoint.tensors().tensor(name);
    long[] expected = Arrays.stream(shape).asLongStream().toArray();
    if (!Arrays.equals(tensor.shape(), expected)) {
      throw new CheckpointException(
          String.format(
              "%s: tensor %s has shape %s, but %s requires %s; they belong to"
                  + " different models. Download the directory again.",
              checkpoint.directory(),
              name,
              Arrays.toString(tensor.shape()),
              checkpoint.config().file(),
              Arrays.toString(expected)));
    }
    tensor.dtype();
    used.add(name);
    return tensor;
  }

  /** All numbers of a vector. */
  public float[] vector(String name, int size) {
    return tensor(name, size).readAll();
  }

  /** A matrix that is stored as [rows, cols]. */
  public Matrix matrix(String name, int rows, int cols) {
    return Matrix.of(tensor(name, rows, cols));
  }

  /** A projection that is stored as [out, in]. */
  public LinearTensors linear(String name, int out, int in, boolean bias) {
    return new LinearTensors(
        matrix(name + ".weight", out, in), bias ? vector(name + ".bias", out) : null);
  }

  /**
   * Projections of one input that stand above each other in a tensor, {@code [Σ outs, in]}.
   *
   * @param outs outputs of each
   */
  public LinearTensors[] stacked(String name, int in, boolean bias, int... outs) {
    int all = Arrays.stream(outs).reduce(0, Math::addExact);
    LinearTensors whole = linear(name, all, in, bias);
    LinearTensors[] parts = new LinearTensors[outs.length];
    int first = 0;
    for (int i = 0; i < outs.length; i++) {
      parts[i] =
          new LinearTensors(
              new RowsMatrix(whole.weight(), first, outs[i]),
              bias ? Arrays.copyOfRange(whole.bias(), first, first + outs[i]) : null);
      first += outs[i];
    }
    return parts;
  }
}
