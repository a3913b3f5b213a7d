package org.sparkadept.decoder.compute.onednn;

import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.exit.HiddenStateMapper;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.model.RotaryTables;

/** Packed weights and compiled kernels, shared by all sessions. */
final class OneDnnModel implements ComputeModel {
  /**
   * A layer's weights; {@code gate} is null without one, the head norms where the family has none.
   */
  record Layer(
      NormKernel.Weights attentionNorm,
      LinearKernel.Weights query,
      LinearKernel.Weights keyValue,
      float[] queryNorm,
      float[] keyNorm,
      LinearKernel.Weights output,
      NormKernel.Weights mlpNorm,
      LinearKernel.Weights gate,
      LinearKernel.Weights up,
      LinearKernel.Weights down,
      int window) {}

  /** An exit head's weights. */
  record Head(int outputs, LinearKernel.Weights weights) {}

  private final NativeScope scope = new NativeScope();
  private final Map<AttentionKernel.Shape, AttentionKernel> attention = new ConcurrentHashMap<>();
  private final Map<AttentionMask.Block, FloatPointer> masks = new ConcurrentHashMap<>();
  private final Map<List<Integer>, LinearKernel.Weights> mappers = new HashMap<>();

  final ModelConfig config;
  final RotaryTables rotary;
  final LayerKernels kernels;
  final Embedding embedding;
  final Embedding positions;
  final Layer[] layers;
  final NormKernel.Weights finalNorm;
  final NormKernel.Weights plainNorm;
  final SortedMap<Integer, TokenPolicy> tokenPolicies;
  final Map<Integer, Head> heads = new TreeMap<>();

  OneDnnModel(ModelSource source) {
    config = source.config();
    try {
      kernels = LayerKernels.of(scope, config, source.tensors().layer(0), source.heads());
      rotary = config.learnedPositions() ? null : RotaryTables.of(config, source.maxTokens());
      embedding = new Embedding(scope, source.tensors().embedding(), config.vocabulary());
      positions =
          config.learnedPositions()
              ? new Embedding(scope, source.tensors().positions(), source.maxTokens())
              : null;
      layers = new Layer[config.layers()];
      for (int i = 0; i < layers.length; i++) {
        layers[i] = pack(source.tensors().layer(i), config.slidingWindow()[i]);
      }
      finalNorm = kernels.norm().pack(scope, source.tensors().finalNorm());
      for (Map.Entry<Integer, LinearTensors> head : source.heads().entrySet()) {
        int outputs = head.getValue().weight().rows();
        LinearKernel kernel = kernels.heads().get(outputs);
        heads.put(head.getKey(), new Head(outputs, kernel.pack(scope, List.of(head.getValue()))));
      }
      plainNorm = kernels.norm().pack(scope, NormTensors.plain(config.width()));
      tokenPolicies = source.tokenExits().policies();
      packMappers(source.tokenExits().mapper());
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  /** Maps that are one object, as plain copies of all exits are, are packed once. */
  private void packMappers(HiddenStateMapper mapper) {
    Map<LinearTensors, LinearKernel.Weights> packed = new IdentityHashMap<>();
    for (int exit : tokenPolicies.keySet()) {
      for (int layer = exit + 1; layer <= config.layers(); layer++) {
        LinearTensors map = mapper.map(exit, layer);
        mappers.put(
            List.of(exit, layer),
            packed.computeIfAbsent(map, it -> kernels.mapping().pack(scope, List.of(it))));
      }
    }
  }

  /** The hidden state mapper from an exit layer to a layer above, both counted from 1. */
  LinearKernel.Weights mapper(int exitLayer, int layer) {
    return mappers.get(List.of(exitLayer, layer));
  }

  /** Most outputs of an exit head. */
  int mostOutputs() {
    return Collections.max(kernels.heads().keySet());
  }

  private Layer pack(LayerTensors tensors, int window) {
    return new Layer(
        kernels.norm().pack(scope, tensors.attentionNorm()),
        kernels.query().pack(scope, List.of(tensors.query())),
        kernels.keyValue().pack(scope, List.of(tensors.key(), tensors.value())),
        tensors.queryNorm(),
        tensors.keyNorm(),
        kernels.output().pack(scope, List.of(tensors.output())),
        kernels.norm().pack(scope, tensors.mlpNorm()),
        tensors.gate() == null ? null : kernels.gate().pack(scope, List.of(tensors.gate())),
        kernels.up().pack(scope, List.of(tensors.up())),
        kernels.down().pack(scope, List.of(tensors.down())),
        window);
  }

  /** An attention kernel; compiled by the first session that needs it. */
  AttentionKernel attention(AttentionKernel.Shape shape) {
    return attention.computeIfAbsent(shape, key -> new AttentionKernel(scope, config, key));
  }

  /** The mask of queries that follow each other; made when it is first needed. */
  FloatPointer mask(AttentionMask.Block block) {
    return masks.computeIfAbsent(block, key -> scope.copyOf(key.mask()));
  }

  @Override
  public ComputeSession open() {
    return new OneDnnSession(this);
  }

  @Override
  public void close() {
    scope.close();
  }
}
