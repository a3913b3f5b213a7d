package org.sparkadept.training.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.ShortBuffer;
import org.sparkadept.decoder.tensor.HalfPrecision;

/**
 * A weight in PyTorch's memory. One that is trained has a copy in single precision, which is
 * updated, and the optimizer's two moments; what products read is another copy where they are
 * computed in another format.
 */
public final class Weight {
  private final String name;
  private final Shape shape;
  private final NDArray computed;
  private final NDArray exact;
  private final NDArray mean;
  private final NDArray variance;
  private final boolean half;
  private NDArray leaf;

  private Weight(
      String name, NDArray computed, NDArray exact, NDArray mean, NDArray variance, Shape shape) {
    this.name = name;
    this.shape = shape;
    this.computed = computed;
    this.exact = exact;
    this.mean = mean;
    this.variance = variance;
    this.half = exact != null && exact != computed;
  }

  /** A weight that is trained; {@code exact} holds its values in single precision. */
  static Weight trained(NDManager manager, String name, NDArray exact, NDArray computed) {
    Shape shape = exact.getShape();
    return new Weight(name, computed, exact, manager.zeros(shape), manager.zeros(shape), shape);
  }

  /** A weight that stays as it is. */
  static Weight frozen(String name, NDArray computed) {
    return new Weight(name, computed, null, null, null, computed.getShape());
  }

  /** Its name, unique in a model. */
  public String name() {
    return name;
  }

  /** Its dimensions. */
  public Shape shape() {
    return shape;
  }

  /** Whether it is trained. */
  public boolean isTrained() {
    return exact != null;
  }

  /** Whether weight decay applies to it: to matrices, not to norms and biases. */
  public boolean isDecayed() {
    return shape.dimension() > 1;
  }

  /** Whether it belongs to an exit head, which starts from nothing. */
  public boolean isHead() {
    return name.startsWith("head.");
  }

  /** Number of elements. */
  public int size() {
    return Math.toIntExact(shape.size());
  }

  /**
   * What a forward pass reads; a new leaf of the graph, so that its gradient is that of one
   * backward pass.
   *
   * @param scope owns it
   */
  NDArray read(NDManager scope, boolean differentiate) {
    NDArray array = computed.stopGradient();
    array.attach(scope);
    if (differentiate && isTrained()) {
      array.setRequiresGradient(true);
      leaf = array;
    }
    return array;
  }

  /**
   * The gradient of the last backward pass, in the format of {@link #read}; null where the loss
   * does not depend on the weight. It lives as long as the scope of the forward pass.
   */
  public ByteBuffer gradient() {
    if (leaf == null) {
      return null;
    }
    NDArray gradient = leaf.getGradient();
    gradient.attach(leaf.getManager());
    return gradient.toByteBuffer(true).order(ByteOrder.nativeOrder());
  }

  /** Whether {@link #gradient} holds BF16 numbers. */
  public boolean isHalf() {
    return half;
  }

  /** The values that are updated, in place. */
  public FloatBuffer exact() {
    return floats(exact);
  }

  /** First moment of the gradient, in place. */
  public FloatBuffer mean() {
    return floats(mean);
  }

  /** Second moment of the gradient, in place. */
  public FloatBuffer variance() {
    return floats(variance);
  }

  /** The copy that products read, in place, where {@link #isHalf}. */
  public ShortBuffer rounded() {
    return bytes(computed).asShortBuffer();
  }

  /** Rounds the copy that products read anew, after the exact values were replaced. */
  public void refresh() {
    if (half) {
      FloatBuffer values = exact();
      ShortBuffer copy = rounded();
      for (int i = 0; i < values.capacity(); i++) {
        copy.put(i, HalfPrecision.toBf16(values.get(i)));
      }
    }
  }

  static FloatBuffer floats(NDArray array) {
    return bytes(array).asFloatBuffer();
  }

  private static ByteBuffer bytes(NDArray array) {
    return array.toByteBuffer(true).order(ByteOrder.nativeOrder());
  }
}
