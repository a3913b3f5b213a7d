package org.sparkadept.decoder.compute.onednn;

import static org.sparkadept.decoder.compute.onednn.LinearKernel.TILE;
import static org.sparkadept.decoder.compute.onednn.LinearKernel.WIDE_TILE;

import java.util.HashMap;
import java.util.Map;
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
 * @param output the attention's output projection, added to the residual stream
 * @param gate {@code act(gate(x))}; null without a gate
 * @param up {@code up(x)} times the gate, or {@code act(up(x))} without one
 * @param down the MLP's output projection, added to the residual stream
 * @param heads the exit heads, by their number of outputs
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
    Map<Integer, LinearKernel> heads) {

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
      Map<Integer, LinearKernel.Use> heads) {}

  /**
   * @param sample any layer: says where there are biases
   * @param heads the exit heads
   */
  static LayerKernels of(
      NativeScope scope,
      ModelConfig config,
      LayerTensors sample,
      Map<Integer, LinearTensors> heads) {
    int width = config.width();
    int keys = 2 * config.keyWidth();
    boolean keyBiased = biased(sample.key()) || biased(sample.value());
    IntFunction<Epilogue> plain = rows -> new Epilogue(scope);
    IntFunction<Epilogue> accumulating = rows -> new Epilogue(scope).accumulate();
    IntFunction<Epilogue> activating = rows -> new Epilogue(scope).activation(config.activation());
    IntFunction<Epilogue> gated =
        rows -> new Epilogue(scope).multiply(OneDnn.matrix(scope, rows, config.mlpWidth()));
    Map<Integer, LinearKernel> byOutputs = new HashMap<>();
    for (LinearTensors head : heads.values()) {
      byOutputs.computeIfAbsent(
          head.weight().rows(),
          outputs -> new LinearKernel(scope, TILE, width, outputs, true, plain));
    }
    return new LayerKernels(
        new NormKernel(scope, TILE, config),
        new NormKernel(scope, WIDE_TILE, config),
        new LinearKernel(scope, TILE, width, config.queryWidth(), biased(sample.query()), plain),
        new LinearKernel(scope, WIDE_TILE, width, keys, keyBiased, plain),
        new LinearKernel(scope, WIDE_TILE, width, keys, true, plain),
        new LinearKernel(
            scope, TILE, config.queryWidth(), width, biased(sample.output()), accumulating),
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
        new LinearKernel(
            scope, TILE, config.mlpWidth(), width, biased(sample.down()), accumulating),
        byOutputs);
  }

  private static boolean biased(LinearTensors tensors) {
    return tensors.bias() != null;
  }

  Use use(NativeScope scope, dnnl_stream stream) {
    Map<Integer, LinearKernel.Use> headUses = new HashMap<>();
    heads.forEach((outputs, head) -> headUses.put(outputs, head.use(scope, stream)));
    return new Use(
        norm.use(scope, stream),
        wideNorm.use(scope, stream),
        query.use(scope, stream),
        keyValue.use(scope, stream),
        mapping.use(scope, stream),
        output.use(scope, stream),
        gate == null ? null : gate.use(scope, stream),
        up.use(scope, stream),
        down.use(scope, stream),
        headUses);
  }
}
