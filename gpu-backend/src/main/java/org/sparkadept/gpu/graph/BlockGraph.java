package org.sparkadept.gpu.graph;

import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.kernel.Attention;
import org.sparkadept.gpu.kernel.Call;
import org.sparkadept.gpu.kernel.Positions;
import org.sparkadept.gpu.kernel.Projections;
import org.sparkadept.gpu.weights.LayerPlaces;
import uk.ac.manchester.tornado.api.GridScheduler;

/** {@code x += attention(norm(x)); x += mlp(norm(x))}, keys and values being there. */
final class BlockGraph extends LayerGraph {
  private static final int ATTENTION_NORM = Call.section(0);
  private static final int QUERY = Call.section(1);
  private static final int POSITION = Call.section(2);
  private static final int ATTEND = Call.section(3);
  private static final int OUTPUT = Call.section(4);
  private static final int MLP_NORM = Call.section(5);
  private static final int GATE = Call.section(6);
  private static final int UP = Call.section(7);
  private static final int DOWN = Call.section(8);

  BlockGraph(ModelConfig config, SharedArrays arrays, GridScheduler scheduler) {
    super("block", config, arrays, scheduler);
    int width = config.width();
    int queryWidth = config.queryWidth();
    addList();
    addNorm("attentionnorm", ATTENTION_NORM);
    addProjection(
        "query",
        QUERY,
        width,
        queryWidth,
        Projections.STORE,
        arrays.normed,
        arrays.weights.query,
        arrays.queries);
    addPositions("position", POSITION, config.heads(), queryWidth, arrays.queries);
    addAttention();
    addProjection(
        "output",
        OUTPUT,
        queryWidth,
        width,
        Projections.ADD_IN_PLACE,
        arrays.seen,
        arrays.weights.output,
        arrays.hidden);
    addNorm("mlpnorm", MLP_NORM);
    addMlp();
  }

  private void addAttention() {
    fillAttention(ATTEND);
    tasks.task(
        "attend",
        Attention::attendTokens,
        context,
        call.array(),
        ATTEND,
        arrays.tokens,
        arrays.positions,
        arrays.queries,
        arrays.keyValues,
        arrays.seen);
    groups("attend", config.heads());
  }

  private void fillAttention(int section) {
    call.set(section, Attention.HEADS, config.heads());
    call.set(section, Attention.SHARING, config.heads() / config.kvHeads());
    call.set(section, Attention.HEAD_DIM, config.headDim());
    call.set(section, Attention.KEY_WIDTH, config.keyWidth());
  }

  private void addMlp() {
    int width = config.width();
    int inner = config.mlpWidth();
    int then = Projections.ACTIVATE;
    if (config.gatedMlp()) {
      addProjection(
          "gate",
          GATE,
          width,
          inner,
          Projections.STORE,
          arrays.normed,
          arrays.weights.gate,
          arrays.inner);
      then = Projections.GATE;
    }
    addProjection("up", UP, width, inner, then, arrays.normed, arrays.weights.up, arrays.inner);
    addProjection(
        "down",
        DOWN,
        inner,
        width,
        Projections.ADD_IN_PLACE,
        arrays.inner,
        arrays.weights.down,
        arrays.hidden);
  }

  void use(int layer) {
    LayerPlaces places = arrays.weights.layer(layer);
    useNorm(ATTENTION_NORM, places.attentionNorm(), places.attentionNormBias());
    useLayer(QUERY, layer, places.query());
    call.set(POSITION, Positions.NORM, places.queryNorm());
    call.set(ATTEND, Attention.WINDOW, config.slidingWindow()[layer]);
    useLayer(OUTPUT, layer, places.output());
    useNorm(MLP_NORM, places.mlpNorm(), places.mlpNormBias());
    if (config.gatedMlp()) {
      useLayer(GATE, layer, places.gate());
    }
    useLayer(UP, layer, places.up());
    useLayer(DOWN, layer, places.down());
  }
}
