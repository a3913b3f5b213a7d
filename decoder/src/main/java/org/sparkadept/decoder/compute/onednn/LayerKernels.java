package org.sparkadept.decoder.compute.onednn;

import static org.sparkadept.decoder.compute.onednn.LinearKernel.TILE;
import static org.sparkadept.decoder.compute.onednn.LinearKernel.WIDE_TILE;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.bytedeco.dnnl.dnnl_stream;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * The kernels of a model's layers; all layers of a model have the same shapes.
 *
 * @param norm norm over the width
 * @param wideNorm the same of a wide tile
 * @param query Q: {@code [TILE, queryWidth]}
 * @param keyValue K and V side by side: {@code [WIDE_TILE, 2·keyWidth]}
 * @param mapping the same from a state that has left, by the hidden state mapper
 * @param output the attention's output projection, added to the residual stream unless a norm comes
 *     between
 * @param gate {@code act(gate(x))}; null without a gate
 * @param up {@code up(x)} times the gate, or {@code act(up(x))} without one
 * @param down the MLP's output projection, added in the same way
 * @param add the sum of tiles over the width
 * @param scope owns the kernels
 * @param heads the exit heads by their shape, compiled when they are first needed
 */
record LayerKernels(
    NormKernel norm,
    NormKernel wideNorm,
    LinearKernel query,
    LinearKernel keyValue,
    LinearKernel mapping,
    LinearKernel output,
    LinearKernel gate,
    LinearKernel up,
    LinearKernel down,
    AddKernel add,
    NativeScope scope,
    Map<HeadShape, LinearKernel> heads) {

  /** The shape of an exit head. */
  record HeadShape(int inputs, int outputs) {}

  /** One session's use of the kernels. */
  record Use(
      NormKernel.Use norm,
      NormKernel.Use wideNorm,
      LinearKernel.Use query,
      LinearKernel.Use keyValue,
      LinearKernel.Use mapping,
      LinearKernel.Use output,
      LinearKernel.Use gate,
      LinearKernel.Use up,
      LinearKernel.Use down,
      AddKernel.Use add) {}

  /**
   * @param sample any layer: says where there are biases
   */
  static LayerKernels of(NativeScope scope, ModelConfig config, LayerTensors sample) {
    int width = config.width();
    int keys = 2 * config.keyWidth();
    boolean keyBiased = biased(sample.key()) || biased(sample.value());
    IntFunction<Epilogue> plain = rows -> new Epilogue(scope);
    float scale = config.residualScale();
    IntFunction<Epilogue> adding =
        config.norms().after() ? plain : rows -> scaled(new Epilogue(scope), scale).accumulate();
    IntFunction<Epilogue> activating = rows -> new Epilogue(scope).activation(config.activation());
    IntFunction<Epilogue> gated =
        rows -> new Epilogue(scope).multiply(OneDnn.matrix(scope, rows, config.mlpWidth()));
    return new LayerKernels(
        new NormKernel(scope, TILE, config),
        new NormKernel(scope, WIDE_TILE, config),
        new LinearKernel(scope, TILE, width, config.queryWidth(), biased(sample.query()), plain),
        new LinearKernel(scope, WIDE_TILE, width, keys, keyBiased, plain),
        new LinearKernel(scope, WIDE_TILE, width, keys, true, plain),
        new LinearKernel(scope, TILE, config.queryWidth(), width, biased(sample.output()), adding),
        config.gatedMlp()
            ? new LinearKernel(
                scope, TILE, width, config.mlpWidth(), biased(sample.gate()), activating)
            : null,
        new LinearKernel(
            scope,
            TILE,
            width,
            config.mlpWidth(),
            biased(sample.up()),
            config.gatedMlp() ? gated : activating),
        new LinearKernel(scope, TILE, config.mlpWidth(), width, biased(sample.down()), adding),
        new AddKernel(scope, TILE, width),
        scope,
        new ConcurrentHashMap<>());
  }

  private static Epilogue scaled(Epilogue epilogue, float scale) {
    return scale == 1 ? epilogue : epilogue.scale(scale);
  }

  /** The kernel of exit heads of a shape. */
  LinearKernel head(int inputs, int outputs) {
    return heads.computeIfAbsent(
        new HeadShape(inputs, outputs),
        shape -> new LinearKernel(scope, TILE, inputs, outputs, true, rows -> new Epilogue(scope)));
  }

  private static boolean biased(LinearTensors tensors) {
    return tensors.bias() != null;
  }

  Use use(NativeScope owner, dnnl_stream stream) {
    return new Use(
        norm.use(owner, stream),
        wideNorm.use(owner, stream),
        query.use(owner, stream),
        keyValue.use(owner, stream),
        mapping.use(owner, stream),
        output.use(owner, stream),
        gate == null ? null : gate.use(owner, stream),
        up.use(owner, stream),
        down.use(owner, stream),
        add.use(owner, stream));
  }
}
