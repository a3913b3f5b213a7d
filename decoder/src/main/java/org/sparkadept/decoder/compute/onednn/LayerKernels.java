package org.sparkadept.decoder.compute.onednn;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * The kernels of a model's layers; all layers of a model have the same shapes.
 *
 * @param norm norm over the width
 * @param query Q: {@code [TILE, queryWidth]}
 * @param keyValue K and V side by side: {@code [TILE, 2·keyWidth]}
 * @param mapping the same from a state that has left, by the hidden state mapper
 * @param output the attention's output projection, added to the residual stream
 * @param gate {@code act(gate(x))}; null without a gate
 * @param up {@code up(x)} times the gate, or {@code act(up(x))} without one
 * @param down the MLP's output projection, added to the residual stream
 * @param heads the exit head of each exit layer, counted from 1
 */
record LayerKernels(
    NormKernel norm,
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
      LinearKernel.Use query,
      LinearKernel.Use keyValue,
      LinearKernel.Use mapping,
      LinearKernel.Use output,
      LinearKernel.Use gate,
      LinearKernel.Use up,
      LinearKernel.Use down,
      Map<Integer, LinearKernel.Use> heads) {}

  LayerKernels(
      NativeScope scope,
      ModelConfig config,
      LayerTensors sample,
      Map<Integer, LinearTensors> heads) {
    this(
        new NormKernel(scope, config),
        new LinearKernel(
            scope,
            config.width(),
            config.queryWidth(),
            biased(sample.query()),
            new Epilogue(scope)),
        new LinearKernel(
            scope,
            config.width(),
            2 * config.keyWidth(),
            biased(sample.key()) || biased(sample.value()),
            new Epilogue(scope)),
        new LinearKernel(scope, config.width(), 2 * config.keyWidth(), true, new Epilogue(scope)),
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
        heads(scope, config, heads));
  }

  /** Heads of as many outputs share a kernel. */
  private static Map<Integer, LinearKernel> heads(
      NativeScope scope, ModelConfig config, Map<Integer, LinearTensors> heads) {
    Map<Integer, LinearKernel> byOutputs = new HashMap<>();
    Map<Integer, LinearKernel> byLayer = new TreeMap<>();
    for (Map.Entry<Integer, LinearTensors> head : heads.entrySet()) {
      LinearKernel kernel =
          byOutputs.computeIfAbsent(
              head.getValue().weight().rows(),
              outputs ->
                  new LinearKernel(scope, config.width(), outputs, true, new Epilogue(scope)));
      byLayer.put(head.getKey(), kernel);
    }
    return byLayer;
  }

  private static boolean biased(LinearTensors tensors) {
    return tensors.bias() != null;
  }

  private static dnnl_memory_desc mlpTile(NativeScope scope, ModelConfig config) {
    return OneDnn.matrix(scope, LinearKernel.TILE, config.mlpWidth());
  }

  Use use(NativeScope scope, dnnl_stream stream) {
    Map<Integer, LinearKernel.Use> headUses = new HashMap<>();
    heads.forEach((layer, head) -> headUses.put(layer, head.use(scope, stream)));
    return new Use(
        norm.use(scope, stream),
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
