package org.sparkadept.gpu.graph;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.gpu.kernel.Attention;
import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.kernel.Projections;
import org.sparkadept.gpu.kernel.RotaryEmbedding;
import org.sparkadept.gpu.weights.LayerWeights;
import org.sparkadept.gpu.weights.LayerWeights.LayerOffsets;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** A layer, {@code x += attention(norm(x)); x += mlp(norm(x))}, without its keys and values. */
final class BlockGraph extends LayerGraph {
  private static final int ATTENTION_NORM = LaunchParameters.section(0);
  private static final int QUERY = LaunchParameters.section(1);
  private static final int ROTARY = LaunchParameters.section(2);
  private static final int ATTENTION = LaunchParameters.section(3);
  private static final int OUTPUT = LaunchParameters.section(4);
  private static final int MLP_NORM = LaunchParameters.section(5);
  private static final int GATE = LaunchParameters.section(6);
  private static final int UP = LaunchParameters.section(7);
  private static final int DOWN = LaunchParameters.section(8);

  private final LayerWeights weights;

  BlockGraph(ResidentArrays arrays, LayerWeights weights, GridScheduler scheduler) {
    super("block", arrays, scheduler, weights.vectors, used(arrays, weights));
    this.weights = weights;
    int width = config.width();
    int queryWidth = config.queryWidth();
    addCompaction();
    addNorm("attentionnorm", ATTENTION_NORM);
    addProjection(
        new Projection(
            "query",
            QUERY,
            width,
            queryWidth,
            Projections.STORE,
            arrays.normed,
            weights.query,
            arrays.queries));
    addRotaryEmbedding("rotary", ROTARY, config.heads(), queryWidth, arrays.queries);
    addAttention();
    addProjection(
        new Projection(
            "output",
            OUTPUT,
            queryWidth,
            width,
            Projections.ADD_BY_SLOT,
            arrays.attention,
            weights.output,
            arrays.hidden));
    addNorm("mlpnorm", MLP_NORM);
    addMlp();
  }

  private static TornadoNativeArray[] used(ResidentArrays arrays, LayerWeights weights) {
    List<TornadoNativeArray> used = new ArrayList<>();
    used.addAll(List.of(weights.vectors, weights.query, weights.output, weights.up, weights.down));
    if (arrays.config.gatedMlp()) {
      used.add(weights.gate);
    }
    return used.toArray(TornadoNativeArray[]::new);
  }

  private void addAttention() {
    setAttention(ATTENTION);
    tasks.task(
        "attention",
        Attention::attendTokens,
        context,
        parameters.array(),
        ATTENTION,
        arrays.slots,
        arrays.positions,
        arrays.queries,
        arrays.keyValues,
        arrays.attention);
    groups("attention", config.heads());
  }

  private void addMlp() {
    int width = config.width();
    int inner = config.mlpWidth();
    int epilogue = Projections.ACTIVATE;
    if (config.gatedMlp()) {
      addProjection(
          new Projection(
              "gate",
              GATE,
              width,
              inner,
              Projections.STORE,
              arrays.normed,
              weights.gate,
              arrays.inner));
      epilogue = Projections.GATE;
    }
    addProjection(
        new Projection("up", UP, width, inner, epilogue, arrays.normed, weights.up, arrays.inner));
    addProjection(
        new Projection(
            "down",
            DOWN,
            inner,
            width,
            Projections.ADD_BY_SLOT,
            arrays.inner,
            weights.down,
            arrays.hidden));
  }

  /** Selects a layer, counted from 0 over the model. */
  void use(int layer) {
    LayerOffsets offsets = weights.layer(layer);
    int index = weights.index(layer);
    useNorm(ATTENTION_NORM, offsets.attentionNorm(), offsets.attentionNormBias());
    useLayer(QUERY, index, offsets.query());
    parameters.set(ROTARY, RotaryEmbedding.NORM, offsets.queryNorm());
    parameters.set(ATTENTION, Attention.WINDOW, config.slidingWindow(layer));
    useLayer(OUTPUT, index, offsets.output());
    useNorm(MLP_NORM, offsets.mlpNorm(), offsets.mlpNormBias());
    if (config.gatedMlp()) {
      useLayer(GATE, index, offsets.gate());
    }
    useLayer(UP, index, offsets.up());
    useLayer(DOWN, index, offsets.down());
  }
}
