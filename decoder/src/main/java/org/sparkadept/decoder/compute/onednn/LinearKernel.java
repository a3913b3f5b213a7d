package org.sparkadept.decoder.compute.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_BIAS;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_memory_desc_get_size;
import static org.bytedeco.dnnl.global.dnnl.dnnl_reorder_primitive_desc_create;

import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.Matrix;

/**
 * The projection {@code Y = epilogue(X·Wᵀ + b)} of one tile: X {@code [rows, in]}, W {@code [out,
 * in]}, Y {@code [rows, out]}. One kernel serves every layer whose weights have this shape.
 */
final class LinearKernel {
  /** Rows of a tile. Fixed, so that a token's result never depends on how many stand beside it. */
  static final int TILE = 64;

  /**
   * Rows of a tile of keys and values: they are small products of many tokens, of which a call has
   * to do more to be worth it. A multiple of {@link #TILE}.
   */
  static final int WIDE_TILE = 2 * TILE;

  private final int in;
  private final int out;
  private final boolean biased;
  private final boolean multiplies;
  private final Primitive primitive;

  /** Weights in the layout of the kernel; {@code bias} may be null. */
  record Weights(Pointer matrix, Pointer bias) {}

  /** One session's use of the kernel. */
  record Use(LinearKernel kernel, Primitive.Call call, dnnl_stream stream) {

    void apply(Weights weights, Pointer source, Pointer result) {
      apply(weights, source, result, null);
    }

    /** {@code factor} is what the epilogue multiplies with. */
    void apply(Weights weights, Pointer source, Pointer result, Pointer factor) {
      call.bind(DNNL_ARG_SRC, source).bind(DNNL_ARG_DST, result);
      call.bind(DNNL_ARG_WEIGHTS, weights.matrix());
      if (kernel.biased) {
        call.bind(DNNL_ARG_BIAS, weights.bias());
      }
      if (kernel.multiplies) {
        call.bind(Epilogue.argumentOf(0), factor);
      }
      call.execute(stream);
    }
  }

  /**
   * @param rows of a tile
   * @param epilogue operations on the result; a multiplication must be the first of them
   */
  LinearKernel(NativeScope scope, int rows, int in, int out, boolean biased, Epilogue epilogue) {
    this.in = in;
    this.out = out;
    this.biased = biased;
    multiplies = !epilogue.arguments().isEmpty();
    dnnl_memory_desc source = OneDnn.matrix(scope, rows, in);
    dnnl_memory_desc result = OneDnn.matrix(scope, rows, out);
    dnnl_memory_desc bias = biased ? OneDnn.matrix(scope, 1, out) : null;
    dnnl_primitive_desc desc = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_matmul_primitive_desc_create(
            desc,
            OneDnn.engine(),
            source,
            OneDnn.anyLayout(scope, in, out),
            bias,
            result,
            Primitive.attributes(scope, epilogue.operations())),
        "describing a projection " + in + " -> " + out);
    primitive = new Primitive(scope, desc, "a projection " + in + " -> " + out);
    primitive.argument(DNNL_ARG_SRC, source).argument(DNNL_ARG_DST, result);
    primitive.argument(DNNL_ARG_WEIGHTS, primitive.weightsLayout());
    if (biased) {
      primitive.argument(DNNL_ARG_BIAS, bias);
    }
    epilogue.arguments().forEach(primitive::argument);
  }

  Use use(NativeScope scope, dnnl_stream stream) {
    return new Use(this, primitive.newCall(scope), stream);
  }

  /** Reads and packs weights; several projections of the same input stand below each other. */
  Weights pack(NativeScope scope, List<LinearTensors> parts) {
    FloatPointer bias = biased ? scope.floats(out) : null;
    int row = 0;
    try (NativeScope loading = new NativeScope()) {
      FloatPointer plain = loading.floats((long) out * in);
      for (LinearTensors part : parts) {
        copy(part.weight(), plain, row);
        if (biased && part.bias() != null) {
          bias.getPointer(row).put(part.bias(), 0, part.bias().length);
        }
        row += part.weight().rows();
      }
      return new Weights(reorder(scope, loading, plain), bias);
    }
  }

  private static void copy(Matrix matrix, FloatPointer plain, int firstRow) {
    int chunk = Math.max(1, (1 << 20) / matrix.cols());
    float[] buffer = new float[Math.min(chunk, matrix.rows()) * matrix.cols()];
    for (int row = 0; row < matrix.rows(); row += chunk) {
      int rows = Math.min(chunk, matrix.rows() - row);
      matrix.read(row, rows, buffer, 0);
      long at = (long) (firstRow + row) * matrix.cols();
      plain.getPointer(at).put(buffer, 0, rows * matrix.cols());
    }
  }

  private FloatPointer reorder(NativeScope scope, NativeScope loading, FloatPointer plain) {
    dnnl_memory_desc from =
        OneDnn.layout(loading, new long[] {in, out}, new long[] {1, in}); // the transpose of W
    dnnl_memory_desc to = primitive.weightsLayout();
    FloatPointer packed = scope.floats(dnnl_memory_desc_get_size(to) / Float.BYTES);
    dnnl_primitive_desc desc = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_reorder_primitive_desc_create(
            desc, from, OneDnn.engine(), to, OneDnn.engine(), Primitive.attributes(loading, null)),
        "describing the packing of weights");
    new Primitive(loading, desc, "the packing of weights")
        .argument(DNNL_ARG_FROM, from)
        .argument(DNNL_ARG_TO, to)
        .newCall(loading)
        .bind(DNNL_ARG_FROM, plain)
        .bind(DNNL_ARG_TO, packed)
        .execute(OneDnn.stream(loading));
    return packed;
  }
}
