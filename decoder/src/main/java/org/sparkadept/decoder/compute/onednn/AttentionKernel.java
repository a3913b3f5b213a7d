package org.sparkadept.decoder.compute.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WEIGHTS;
import static org.bytedeco.dnnl.global.dnnl.dnnl_forward_inference;
import static org.bytedeco.dnnl.global.dnnl.dnnl_matmul_primitive_desc_create;
import static org.bytedeco.dnnl.global.dnnl.dnnl_softmax_accurate;
import static org.bytedeco.dnnl.global.dnnl.dnnl_softmax_forward_primitive_desc_create;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.model.AttentionConfig;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * Attention of a block of a row's queries over its first keys, {@code softmax(cap(scale · Q·Kᵀ) +
 * mask)·V}, of all heads. Queries and keys are rounded up, to bound the number of kernels: the
 * results of queries of the rounding are never read, and keys of the rounding are masked, which
 * makes their weight exactly zero.
 */
final class AttentionKernel {
  /** Most queries of a block: bounds the scores that are held at once. */
  static final int BLOCK = 64;

  /** Queries of a block, and keys, are multiples of this. */
  static final int ROUNDING = 16;

  /**
   * @param queries a multiple of {@link #ROUNDING}
   * @param keys a multiple of {@link #ROUNDING}
   */
  record Shape(int queries, int keys) {}

  private final Shape shape;
  private final Primitive scoring;
  private final Primitive softmax;
  private final Primitive mixing;
  private final long scoreSize;
  private final int maskArgument;

  /** One session's use of the kernel; {@code scores} is scratch of {@link #scoreSize}. */
  record Use(
      AttentionKernel kernel,
      Primitive.Call scoring,
      Primitive.Call softmax,
      Primitive.Call mixing,
      dnnl_stream stream) {

    void apply(
        FloatPointer query,
        FloatPointer key,
        FloatPointer value,
        FloatPointer mask,
        FloatPointer scores,
        FloatPointer result) {
      scoring.bind(DNNL_ARG_SRC, query).bind(DNNL_ARG_WEIGHTS, key).bind(DNNL_ARG_DST, scores);
      scoring.bind(kernel.maskArgument, mask).execute(stream);
      softmax.bind(DNNL_ARG_SRC, scores).bind(DNNL_ARG_DST, scores).execute(stream);
      mixing.bind(DNNL_ARG_SRC, scores).bind(DNNL_ARG_WEIGHTS, value).bind(DNNL_ARG_DST, result);
      mixing.execute(stream);
    }
  }

  AttentionKernel(NativeScope scope, ModelConfig config, Shape shape) {
    this.shape = shape;
    long headDim = config.headDim();
    long groups = config.kvHeads();
    long shared = config.heads() / groups;
    long queries = shape.queries();
    long keys = shape.keys();
    long stride = 2L * config.keyWidth();
    dnnl_memory_desc query =
        OneDnn.layout(
            scope,
            new long[] {groups, shared, queries, headDim},
            new long[] {shared * headDim, headDim, config.queryWidth(), 1});
    dnnl_memory_desc key =
        OneDnn.layout(
            scope, new long[] {groups, 1, headDim, keys}, new long[] {headDim, headDim, 1, stride});
    dnnl_memory_desc value =
        OneDnn.layout(
            scope, new long[] {groups, 1, keys, headDim}, new long[] {headDim, headDim, stride, 1});
    dnnl_memory_desc scores =
        OneDnn.layout(
            scope,
            new long[] {groups, shared, queries, keys},
            new long[] {shared * queries * keys, queries * keys, keys, 1});
    dnnl_memory_desc mask =
        OneDnn.layout(
            scope,
            new long[] {1, 1, queries, keys},
            new long[] {queries * keys, queries * keys, keys, 1});
    Epilogue epilogue = scaled(scope, config.attention());
    maskArgument = epilogue.nextArgument();
    scoring = matmul(scope, query, key, scores, epilogue.add(mask));
    mixing = matmul(scope, scores, value, query, new Epilogue(scope));
    softmax = softmax(scope, config.heads() * queries, keys);
    scoreSize = config.heads() * queries * keys;
  }

  private static Epilogue scaled(NativeScope scope, AttentionConfig config) {
    float cap = config.softCap();
    return cap == 0
        ? new Epilogue(scope).scale(config.scale())
        : new Epilogue(scope).scale(config.scale() / cap).tanh().scale(cap);
  }

  /** The next multiple of {@link #ROUNDING}. */
  static int round(int count) {
    return (count + ROUNDING - 1) / ROUNDING * ROUNDING;
  }

  private static Primitive matmul(
      NativeScope scope,
      dnnl_memory_desc source,
      dnnl_memory_desc weights,
      dnnl_memory_desc result,
      Epilogue epilogue) {
    dnnl_primitive_desc desc = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_matmul_primitive_desc_create(
            desc,
            OneDnn.engine(),
            source,
            weights,
            null,
            result,
            Primitive.attributes(scope, epilogue.operations())),
        "describing attention");
    Primitive primitive =
        new Primitive(scope, desc, "attention")
            .argument(DNNL_ARG_SRC, source)
            .argument(DNNL_ARG_WEIGHTS, weights)
            .argument(DNNL_ARG_DST, result);
    epilogue.arguments().forEach(primitive::argument);
    return primitive;
  }

  private static Primitive softmax(NativeScope scope, long rows, long keys) {
    dnnl_memory_desc matrix = OneDnn.matrix(scope, rows, keys);
    dnnl_primitive_desc desc = new dnnl_primitive_desc();
    OneDnn.check(
        dnnl_softmax_forward_primitive_desc_create(
            desc,
            OneDnn.engine(),
            dnnl_forward_inference,
            dnnl_softmax_accurate,
            matrix,
            matrix,
            1,
            Primitive.attributes(scope, null)),
        "describing softmax");
    return new Primitive(scope, desc, "softmax")
        .argument(DNNL_ARG_SRC, matrix)
        .argument(DNNL_ARG_DST, matrix);
  }

  Shape shape() {
    return shape;
  }

  /** Floats that the scores take. */
  long scoreSize() {
    return scoreSize;
  }

  Use use(NativeScope scope, dnnl_stream stream) {
    return new Use(
        this, scoring.newCall(scope), softmax.newCall(scope), mixing.newCall(scope), stream);
  }
}
