package org.sparkadept.decoder.adapter;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.sparkadept.decoder.tensor.ComputedTensor;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.decoder.tensor.Tensor;

/**
 * A weight with LoRA's change: {@code W + s·B·A} (Hu et al., arXiv 2106.09685), computed in single
 * precision whenever numbers of it are read; nothing is held.
 */
final class LowRankTensor extends ComputedTensor {
  private final Tensor base;
  private final Tensor down;
  private final Tensor up;
  private final boolean transposed;
  private final float scale;
  private final int rank;
  private final int rows;
  private final int cols;

  /**
   * @param base W: {@code [out, in]}, or {@code [in, out]} where it is transposed
   * @param down A, {@code [rank, in]}
   * @param up B, {@code [out, rank]}
   * @param transposed whether the base stores the weight transposed, so that {@code (B·A)ᵀ} is
   *     added
   * @param scale s
   */
  LowRankTensor(Tensor base, Tensor down, Tensor up, boolean transposed, float scale) {
    super(base.name(), base.shape());
    this.base = base;
    this.down = down;
    this.up = up;
    this.transposed = transposed;
    this.scale = scale;
    rank = down.dim(0);
    rows = base.dim(0);
    cols = base.dim(1);
  }

  @Override
  public Path file() {
    return base.file();
  }

  @Override
  public String type() {
    return base.type();
  }

  /** F32, since sums of numbers of other formats are not of these formats. */
  @Override
  public DType dtype() {
    base.dtype();
    return DType.F32;
  }

  @Override
  public void read(long start, float[] dst, int dstPos, int count) {
    Objects.checkFromIndexSize(start, (long) count, size());
    Objects.checkFromIndexSize(dstPos, count, dst.length);
    base.read(start, dst, dstPos, count);
    if (count == 0) {
      return;
    }
    long row = start / cols;
    int col = (int) (start % cols);
    boolean within = col + (long) count <= cols;
    int first = within ? col : 0;
    int width = within ? count : cols;
    float[] right = right(first, width);
    float[] left = new float[rank];
    float[] change = new float[width];
    int step;
    for (int done = 0; done < count; done += step) {
      step = Math.min(count - done, cols - col);
      readLeft(row, left);
      multiply(left, right, width, change);
      for (int i = 0; i < step; i++) {
        dst[dstPos + done + i] += scale * change[col - first + i];
      }
      row++;
      col = 0;
    }
  }

  /** Columns of the right factor of the change, {@code [rank, width]}. */
  private float[] right(int first, int width) {
    float[] right = new float[Math.multiplyExact(rank, width)];
    if (!transposed) {
      for (int k = 0; k < rank; k++) {
        down.read((long) k * cols + first, right, k * width, width);
      }
      return right;
    }
    float[] block = new float[right.length];
    up.read((long) first * rank, block, 0, block.length);
    for (int i = 0; i < width; i++) {
      for (int k = 0; k < rank; k++) {
        right[k * width + i] = block[i * rank + k];
      }
    }
    return right;
  }

  /** A row of the left factor of the change, {@code [rank]}. */
  private void readLeft(long row, float[] left) {
    if (!transposed) {
      up.read(row * rank, left, 0, rank);
      return;
    }
    for (int k = 0; k < rank; k++) {
      down.read((long) k * rows + row, left, k, 1);
    }
  }

  private static void multiply(float[] left, float[] right, int width, float[] product) {
    Arrays.fill(product, 0);
    for (int k = 0; k < left.length; k++) {
      float factor = left[k];
      for (int i = 0; i < width; i++) {
        product[i] += factor * right[k * width + i];
      }
    }
  }
}
