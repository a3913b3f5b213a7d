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
import java.util.Random;
import java.util.function.IntFunction;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.tensor.Matrix;

/**
 * The projection {@code Y = epilogue(X·Wᵀ + b)} of one tile: X {@code [rows, in]}, W {@code [out,
 * in]}, Y {@code [rows, out]}. One kernel serves every layer whose weights have this shape.
 *
 * <p>A tile that is at most half full is made of narrow ones, as many as it takes: same packed
 * weights, less to multiply. A token's result must not depend on how many stand beside it, so the
 * first weights are multiplied both ways, and where a single bit differs the narrow ones are not
 * used.
 */
final class LinearKernel {
  /** Rows of a tile. Fixed, so that a token's result never depends on how many stand beside it. */
  static final int TILE = 64;

  /**
   * Rows of a tile of keys and values: they are small products of many tokens, of which a call has
   * to do more to be worth it. A multiple of {@link #TILE}.
   */
  static final int WIDE_TILE = 2 * TILE;

  /** Rows of a narrow tile; divides {@link #TILE}. */
  private static final int NARROW = 16;

  private final int rows;
  private final int in;
  private final int out;
  private final boolean biased;
  private final boolean multiplies;
  private final Primitive whole;
  private final Primitive narrow;
  private Boolean narrowAgrees;

  /** Weights in the layout of the kernel; {@code bias} may be null. */
  record Weights(Pointer matrix, Pointer bias) {}

  /** One session's use of the kernel. */
  record Use(LinearKernel kernel, Primitive.Call whole, Primitive.Call narrow, dnnl_stream stream) {

    /** Projects the first {@code count} rows of a tile; what follows them may be overwritten. */
    void apply(Weights weights, int count, FloatPointer source, FloatPointer result) {
      apply(weights, count, source, result, null);
    }

    /** {@code factor} is what the epilogue multiplies with, {@code [rows, out]}, or null. */
    void apply(
        Weights weights, int count, FloatPointer source, FloatPointer result, FloatPointer factor) {
      if (kernel.narrowAgrees && 2 * count <= kernel.rows) {
        applyNarrow(weights, count, source, result, factor);
      } else {
        execute(whole, weights, source, result, factor);
      }
    }

    private void applyNarrow(
        Weights weights, int count, FloatPointer source, FloatPointer result, FloatPointer factor) {
      for (long row = 0; row < count; row += NARROW) {
        execute(
            narrow,
            weights,
            source.getPointer(row * kernel.in),
            result.getPointer(row * kernel.out),
            factor == null ? null : factor.getPointer(row * kernel.out));
      }
    }

    private void execute(
        Primitive.Call call, Weights weights, Pointer source, Pointer result, Pointer factor) {
      call.bind(DNNL_ARG_SRC, source).bind(DNNL_ARG_DST, result);
      call.bind(DNNL_ARG_WEIGHTS, weights.matrix());
      if (kernel.biased) {
        call.bind(DNNL_ARG_BIAS, weights.bias());
      }
      if (factor != null) {
        call.bind(Epilogue.argumentOf(0), factor);
      }
      call.execute(stream);
    }
  }

  /**
   * @param rows of a tile, a multiple of {@link #TILE}
   * @param epilogue operations on the result, for a number of rows; a multiplication must be the
   *     first of them
   */
  LinearKernel(
      NativeScope scope,
      int rows,
      int in,
      int out,
      boolean biased,
      IntFunction<Epilogue> epilogue) {
    this.rows = rows;
    this.in = in;
    this.out = out;
    this.biased = biased;
    Epilogue operations = epilogue.apply(rows);
    multiplies = !operations.arguments().isEmpty();
    whole = compile(scope, rows, OneDnn.anyLayout(scope, in, out), operations);
    narrow = compile(scope, NARROW, whole.weightsLayout(), epilogue.apply(NARROW));
  }

  private Primitive compile(
      NativeScope scope, int rows, dnnl_memory_desc weights, Epilogue epilogue) {
    dnnl_memory_desc source = OneDnn.matrix(scope, rows, in);
    dnnl_memory_desc result = OneDnn.matrix(scope, rows, out);
    dnnl_memory_desc bias = biased ? OneDnn.matrix(scope, 1, out) : null;
    dnnl_primitive_desc desc = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_matmul_primitive_desc_create(
            desc,
            OneDnn.engine(),
            source,
            weights,
            bias,
            result,
            Primitive.attributes(scope, epilogue.operations())),
        "describing a projection " + in + " -> " + out);
    Primitive primitive = new Primitive(scope, desc, "a projection " + in + " -> " + out);
    primitive.argument(DNNL_ARG_SRC, source).argument(DNNL_ARG_DST, result);
    primitive.argument(DNNL_ARG_WEIGHTS, primitive.weightsLayout());
    if (biased) {
      primitive.argument(DNNL_ARG_BIAS, bias);
    }
    epilogue.arguments().forEach(primitive::argument);
    return primitive;
  }

  /** To be called when weights have been packed. */
  Use use(NativeScope scope, dnnl_stream stream) {
    return new Use(this, whole.newCall(scope), narrow.newCall(scope), stream);
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
      Weights weights = new Weights(reorder(scope, loading, plain), bias);
      if (narrowAgrees == null) {
        narrowAgrees = compare(loading, weights);
      }
      return weights;
    }
  }

  /** Whether narrow tiles give what a whole one does, to the last bit, on random input. */
  private boolean compare(NativeScope loading, Weights weights) {
    FloatPointer source = random(loading, 0, rows * in);
    FloatPointer factor = multiplies ? random(loading, 1, rows * out) : null;
    FloatPointer expected = random(loading, 2, rows * out);
    FloatPointer result = random(loading, 2, rows * out);
    Use use = use(loading, OneDnn.stream(loading));
    use.execute(use.whole, weights, source, expected, factor);
    use.applyNarrow(weights, rows, source, result, factor);
    return Pointer.memcmp(expected, result, (long) rows * out * Float.BYTES) == 0;
  }

  private static FloatPointer random(NativeScope scope, long seed, int size) {
    float[] values = new float[size];
    Random random = new Random(seed);
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return scope.copyOf(values);
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
    dnnl_memory_desc to = whole.weightsLayout();
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
