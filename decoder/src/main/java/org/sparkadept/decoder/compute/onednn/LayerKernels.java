package org.sparkadept.decoder.compute.onednn;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * The kernels of a model's layers; all layers of a model have the same shapes.
 *
 * @param norm norm over the width
 * @param queryKeyValue Q, K and V side by side: {@code [TILE, queryWidth + 2·keyWidth]}
 * @param output the attention's output projection, added to the residual stream
 * @param gate {@code act(gate(x))}; null without a gate
 * @param up {@code up(x)} times the gate, or {@code act(up(x))} without one
 * @param down the MLP's output projection, added to the residual stream
 * @param head an exit head
 */
record LayerKernels(
    NormKernel norm,
    LinearKernel queryKeyValue,
    LinearKernel output,
    LinearKernel gate,
    LinearKernel up,
    LinearKernel down,
    LinearKernel head) {

  /** One session's use of the kernels. */
  record Use(
      NormKernel.Use norm,
      LinearKernel.Use queryKeyValue,
      LinearKernel.Use output,
      LinearKernel.Use gate,
      LinearKernel.Use up,
      LinearKernel.Use down,
      LinearKernel.Use head) {}

  LayerKernels(NativeScope scope, ModelConfig config, LayerTensors sample, int labels) {
    this(
        new NormKernel(scope, config),
        new LinearKernel(
            scope,
            config.width(),
            config.queryWidth() + 2 * config.keyWidth(),
            biased(sample.query()) || biased(sample.key()) || biased(sample.value()),
            new Epilogue(scope)),
        new LinearKernel(
            scope,
            config.queryWidth(),
            config.width(),
            biased(sample.output()),
            new Epilogue(scope).accumulate()),
        config.gatedMlp()
            ? new LinearKernel(
                scope,
                config.width(),
                config.mlpWidth(),
                biased(sample.gate()),
                new Epilogue(scope).activation(config.activation()))
            : null,
        new LinearKernel(
            scope,
            config.width(),
            config.mlpWidth(),
            biased(sample.up()),
            config.gatedMlp()
                ? new Epilogue(scope).multiply(mlpTile(scope, config))
                : new Epilogue(scope).activation(config.activation())),
        new LinearKernel(
            scope,
            config.mlpWidth(),
            config.width(),
            biased(sample.down()),
            new Epilogue(scope).accumulate()),
        new LinearKernel(scope, config.width(), labels, true, new Epilogue(scope)));
  }

  private static boolean biased(LinearTensors tensors) {
    return tensors.bias() != null;
  }

  private static dnnl_memory_desc mlpTile(NativeScope scope, ModelConfig config) {
    return OneDnn.matrix(scope, LinearKernel.TILE, config.mlpWidth());
  }

  Use use(NativeScope scope, dnnl_stream stream) {
    return new Use(
        norm.use(scope, stream),
        queryKeyValue.use(scope, stream),
        output.use(scope, stream),
        gate == null ? null : gate.use(scope, stream),
        up.use(scope, stream),
        down.use(scope, stream),
        head.use(scope, stream));
  }
}
