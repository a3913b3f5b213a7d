package org.sparkadept.decoder.compute.onednn;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.FitSession;
import org.sparkadept.decoder.compute.PrefillSession;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.model.GrowingRotaryTables;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.model.NormTensors;

/** Packed weights and compiled kernels, shared by all sessions. */
final class OneDnnModel implements ComputeModel {
  /**
   * A layer's weights; {@code gate} is null without one, and so are norms that the family lacks.
   *
   * @param index which layer, from 0
   */
  record Layer(
      int index,
      NormKernel.Weights attentionNorm,
      LinearKernel.Weights query,
      LinearKernel.Weights keyValue,
      float[] queryNorm,
      float[] keyNorm,
      LinearKernel.Weights output,
      NormKernel.Weights attentionOutputNorm,
      NormKernel.Weights mlpNorm,
      LinearKernel.Weights gate,
      LinearKernel.Weights up,
      LinearKernel.Weights down,
      NormKernel.Weights mlpOutputNorm,
      int window) {}

  private final NativeScope scope = new NativeScope();
  private final Map<AttentionKernel.Shape, AttentionKernel> attention = new ConcurrentHashMap<>();
  private final Map<AttentionMask.Block, FloatPointer> masks = new ConcurrentHashMap<>();
  private final Map<LinearTensors, LinearKernel.Weights> heads = new ConcurrentHashMap<>();
  private final Map<LinearTensors, LinearKernel.Weights> mappers = new ConcurrentHashMap<>();
  private final ModelTensors tensors;
  private final AtomicReferenceArray<Layer> layers;

  final ModelConfig config;
  final GrowingRotaryTables rotary;
  final LayerKernels kernels;
  final Embedding embedding;
  final Embedding positions;
  final NormKernel.Weights finalNorm;
  final NormKernel.Weights plainNorm;

  OneDnnModel(ModelTensors tensors) {
    this.tensors = tensors;
    config = tensors.config();
    layers = new AtomicReferenceArray<>(config.layers());
    rotary = new GrowingRotaryTables(config);
    try {
      kernels = LayerKernels.of(scope, config, tensors.layer(0));
      embedding = new Embedding(scope, tensors.embedding());
      positions =
          config.embedding().learnedPositions() ? new Embedding(scope, tensors.positions()) : null;
      finalNorm = kernels.norm().pack(scope, tensors.finalNorm());
      plainNorm = kernels.norm().pack(scope, NormTensors.plain(config.width()));
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  @Override
  public void prepare(int count, Collection<ExitHead> exitHeads, TokenExits tokenExits) {
    OneDnn.useOneThread();
    for (int layer = 0; layer < count; layer++) {
      layer(layer);
    }
    exitHeads.forEach(this::head);
    for (int exit : tokenExits.policies().keySet()) {
      for (int layer = exit + 1; layer < count; layer++) {
        mapper(tokenExits.mapper().map(exit, layer));
      }
    }
  }

  /**
   * A layer's weights, packed when they are first needed; what is packed is read without a lock.
   */
  Layer layer(int layer) {
    Layer packed = layers.get(layer);
    return packed == null ? packLayer(layer) : packed;
  }

  private synchronized Layer packLayer(int layer) {
    if (layers.get(layer) == null) {
      LayerTensors at = tensors.layer(layer);
      layers.set(layer, packed(to -> pack(to, at, layer)));
    }
    return layers.get(layer);
  }

  /** An exit head's weights, packed when they are first needed. */
  LinearKernel.Weights head(ExitHead head) {
    head.require(OneDnnBackend.NAME, EnumSet.allOf(ExitHead.Input.class));
    LinearKernel.Weights packed = heads.get(head.weights());
    return packed == null
        ? pack(heads, head.weights(), kernels.head(head.inputs(), head.outputs()))
        : packed;
  }

  /** A hidden state mapper's weights, packed when they are first needed. */
  LinearKernel.Weights mapper(LinearTensors map) {
    LinearKernel.Weights packed = mappers.get(map);
    return packed == null ? pack(mappers, map, kernels.mapping()) : packed;
  }

  private synchronized LinearKernel.Weights pack(
      Map<LinearTensors, LinearKernel.Weights> known, LinearTensors tensors, LinearKernel kernel) {
    if (!known.containsKey(tensors)) {
      known.put(tensors, packed(to -> kernel.pack(to, List.of(tensors))));
    }
    return known.get(tensors);
  }

  /** What is packed belongs to the model, or is freed where packing fails. */
  private <T> T packed(Function<NativeScope, T> packing) {
    NativeScope own = new NativeScope();
    try {
      return scope.own(packing.apply(own), own::close);
    } catch (RuntimeException | Error e) {
      own.close();
      throw e;
    }
  }

  private Layer pack(NativeScope scope, LayerTensors tensors, int index) {
    return new Layer(
        index,
        kernels.norm().pack(scope, tensors.attentionNorm()),
        kernels.query().pack(scope, List.of(tensors.query())),
        kernels.keyValue().pack(scope, List.of(tensors.key(), tensors.value())),
        tensors.queryNorm(),
        tensors.keyNorm(),
        kernels.output().pack(scope, List.of(tensors.output())),
        kernels.norm().pack(scope, tensors.attentionOutputNorm()),
        kernels.norm().pack(scope, tensors.mlpNorm()),
        tensors.gate() == null ? null : kernels.gate().pack(scope, List.of(tensors.gate())),
        kernels.up().pack(scope, List.of(tensors.up())),
        kernels.down().pack(scope, List.of(tensors.down())),
        kernels.norm().pack(scope, tensors.mlpOutputNorm()),
        config.slidingWindow(index));
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
  public PrefillSession openPrefill() {
    return new OneDnnSession(this);
  }

  @Override
  public FitSession openFit() {
    return new OneDnnFitSession(this);
  }

  @Override
  public void close() {
    scope.close();
  }
}
