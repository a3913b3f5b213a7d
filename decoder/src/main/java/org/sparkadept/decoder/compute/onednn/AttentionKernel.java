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
import org.sparkadept.decoder.model.ModelConfig;

/**
 * Causal attention of a block of a row's queries over the keys up to it, {@code softmax(Q·Kᵀ /
 * sqrt(headDim) + mask)·V}, for one group of heads. A kernel is compiled for each {@link Block}.
 *
 * <p>A block's size is rounded up, so a row's last block reads what stands behind the row and
 * writes there, too: those queries' results are overwritten or never read, and those keys are
 * masked, which makes their weight exactly zero.
 */
final class AttentionKernel {
  /** Most queries of a block: bounds the scores that are held at once. */
  static final int BLOCK = 64;

  /** Block sizes are multiples of this. */
  static final int ROUNDING = 16;

  /**
   * The queries of a row that run together.
   *
   * @param start position of the first query in the row
   * @param queries number of queries; keys are {@code start + queries}
   * @param window sliding window in tokens, or 0
   */
  record Block(int start, int queries, int window) {
    int keys() {
      return start + queries;
    }
  }

  /** How heads share keys: {@code groups} runs of {@code queryHeads} over {@code keyHeads}. */
  record Heads(int groups, int queryHeads, int keyHeads) {
    static Heads of(ModelConfig config) {
      return config.heads() == config.kvHeads()
          ? new Heads(1, config.heads(), config.heads())
          : new Heads(config.kvHeads(), config.heads() / config.kvHeads(), 1);
    }
  }

  private final Block block;
  private final Heads heads;
  private final Primitive scoring;
  private final Primitive softmax;
  private final Primitive mixing;
  private final FloatPointer mask;

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
        FloatPointer scores,
        FloatPointer result) {
      scoring.bind(DNNL_ARG_SRC, query).bind(DNNL_ARG_WEIGHTS, key).bind(DNNL_ARG_DST, scores);
      scoring.bind(Epilogue.argumentOf(1), kernel.mask).execute(stream);
      softmax.bind(DNNL_ARG_SRC, scores).bind(DNNL_ARG_DST, scores).execute(stream);
      mixing.bind(DNNL_ARG_SRC, scores).bind(DNNL_ARG_WEIGHTS, value).bind(DNNL_ARG_DST, result);
      mixing.execute(stream);
    }
  }

  AttentionKernel(NativeScope scope, ModelConfig config, Block block) {
    this.block = block;
    heads = Heads.of(config);
    long headDim = config.headDim();
    long packed = config.queryWidth() + 2L * config.keyWidth();
    long queries = block.queries();
    long keys = block.keys();
    dnnl_memory_desc query =
        OneDnn.layout(
            scope,
            new long[] {heads.queryHeads(), queries, headDim},
            new long[] {headDim, packed, 1});
    dnnl_memory_desc key =
        OneDnn.layout(
            scope, new long[] {heads.keyHeads(), headDim, keys}, new long[] {headDim, 1, packed});
    dnnl_memory_desc value =
        OneDnn.layout(
            scope, new long[] {heads.keyHeads(), keys, headDim}, new long[] {headDim, packed, 1});
    dnnl_memory_desc scores =
        OneDnn.layout(
            scope,
            new long[] {heads.queryHeads(), queries, keys},
            new long[] {queries * keys, keys, 1});
    dnnl_memory_desc result =
        OneDnn.layout(
            scope,
            new long[] {heads.queryHeads(), queries, headDim},
            new long[] {headDim, config.queryWidth(), 1});
    dnnl_memory_desc maskLayout =
        OneDnn.layout(scope, new long[] {1, queries, keys}, new long[] {queries * keys, keys, 1});
    Epilogue scaledAndMasked =
        new Epilogue(scope).scale((float) (1 / Math.sqrt(headDim))).add(maskLayout);
    mask = scope.copyOf(mask(block));
    scoring = matmul(scope, query, key, scores, scaledAndMasked);
    mixing = matmul(scope, scores, value, result, new Epilogue(scope));
    softmax = softmax(scope, heads.queryHeads() * queries, keys);
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

  /** {@code [queries, keys]}: zero where the query may look, minus infinity elsewhere. */
  private static float[] mask(Block block) {
    float[] mask = new float[block.queries() * block.keys()];
    for (int q = 0; q < block.queries(); q++) {
      int at = block.start() + q;
      int first = block.window() > 0 ? Math.max(0, at - block.window() + 1) : 0;
      for (int k = 0; k < block.keys(); k++) {
        mask[q * block.keys() + k] = k >= first && k <= at ? 0 : Float.NEGATIVE_INFINITY;
      }
    }
    return mask;
  }

  /** Floats that a block's scores take. */
  long scoreSize() {
    return (long) heads.queryHeads() * block.queries() * block.keys();
  }

  Use use(NativeScope scope, dnnl_stream stream) {
    return new Use(
        this, scoring.newCall(scope), softmax.newCall(scope), mixing.newCall(scope), stream);
  }
}
