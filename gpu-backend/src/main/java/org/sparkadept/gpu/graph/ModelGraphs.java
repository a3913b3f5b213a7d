package org.sparkadept.gpu.graph;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.exit.TokenFeatures;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.kernel.Compaction;
import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.weights.EmbeddingWeights;
import org.sparkadept.gpu.weights.LayerWeights;
import org.sparkadept.gpu.weights.LinearWeights;
import uk.ac.manchester.tornado.api.DataRange;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The task graphs of a model on a device, with one method for each computation. Layers, exit heads
 * and hidden state mappers are added when their weights are needed; each addition copies its
 * weights to the device and runs its kernels once, so that errors show there. A call takes at most
 * {@link MemoryPlan#launchTokens} tokens, or one longer row, and {@link LaunchParameters#MAX_ROWS}
 * rows. Layers count from 0. To be used on the device's thread only.
 */
public final class ModelGraphs implements AutoCloseable {
  /** Number of graphs of a model with layers, without exit heads and mappers. */
  static final int MODEL_GRAPHS = 8;

  /** Graphs of some layers. */
  private record Layers(GraphSet set, KeyValueGraph.Active keyValue, BlockGraph block) {}

  /** Graphs of some exit heads. */
  private record Heads(GraphSet set, ExitHeadGraph graph) {}

  /** Graphs of some hidden state mappers. */
  private record Maps(GraphSet set, KeyValueGraph.Mapped graph) {}

  private final ModelTensors tensors;
  private final MemoryPlan memory;
  private final int width;
  private final ResidentArrays arrays;
  private final GraphSet base;
  private final EmbedGraph embed;
  private final GatherGraph states;
  private final GatherGraph savedStates;
  private final TokenExitGraphs.ClassAttention classAttention;
  private final TokenExitGraphs.Policy tokenPolicy;
  private final TokenExitGraphs.Exit tokenExit;
  private final List<GraphSet> added = new ArrayList<>();
  private final Layers[] layers;
  private final Map<LinearTensors, Heads> heads = new IdentityHashMap<>();
  private final Map<LinearTensors, Maps> maps = new IdentityHashMap<>();

  /**
   * Builds the graphs of a model without layers.
   *
   * @param tensors the model
   * @param weights its embeddings
   * @param memory sizes of the arrays
   * @param tensorCores whether to use them for weights in half precision
   * @param device the device
   */
  public ModelGraphs(
      ModelTensors tensors,
      EmbeddingWeights weights,
      MemoryPlan memory,
      boolean tensorCores,
      Device device) {
    this.tensors = tensors;
    this.memory = memory;
    width = tensors.config().width();
    layers = new Layers[tensors.config().layers()];
    arrays = new ResidentArrays(tensors.config(), memory, tensorCores, device);
    GridScheduler scheduler = new GridScheduler();
    embed = new EmbedGraph(arrays, weights, memory, scheduler);
    states = GatherGraph.read(arrays, memory, scheduler);
    savedStates = GatherGraph.save(arrays, scheduler);
    classAttention = new TokenExitGraphs.ClassAttention(arrays, scheduler);
    tokenPolicy = new TokenExitGraphs.Policy(arrays, scheduler);
    tokenExit = new TokenExitGraphs.Exit(arrays, memory, scheduler);
    base =
        GraphSet.first(
            arrays, scheduler, embed, states, savedStates, classAttention, tokenPolicy, tokenExit);
  }

  /** Adds layers. */
  public void addLayers(LayerWeights weights, int first, int end) {
    GridScheduler scheduler = new GridScheduler();
    KeyValueGraph.Active keyValue = new KeyValueGraph.Active(arrays, weights, scheduler);
    BlockGraph block = new BlockGraph(arrays, weights, scheduler);
    GraphSet set = GraphSet.next(arrays, scheduler, keyValue, block);
    add(
        set,
        () -> {
          for (int layer = first; layer < end; layer++) {
            layers[layer] = new Layers(set, keyValue, block);
          }
          LaunchRows row = trialRow(new int[MemoryPlan.TRIAL_TOKENS]);
          computeKeyValues(first, row, TokenExits.NONE);
          runAllTokens(first, row);
        });
  }

  /**
   * Adds exit heads.
   *
   * @param weights their weights, and the final norm's
   */
  public void addHeads(LinearWeights weights) {
    GridScheduler scheduler = new GridScheduler();
    int outputs = 1;
    for (LinearTensors head : weights.linears()) {
      outputs = Math.max(outputs, head.weight().rows());
    }
    int floats = MemoryPlan.scoreFloats(outputs);
    ExitHeadGraph graph =
        new ExitHeadGraph(arrays, weights, tensors.finalNorm(), floats, scheduler);
    GraphSet set = GraphSet.next(arrays, scheduler, graph);
    add(
        set,
        () -> {
          weights.linears().forEach(head -> heads.put(head, new Heads(set, graph)));
          LaunchRows row = trialRow(new int[MemoryPlan.TRIAL_TOKENS]);
          exitScores(weights.linears().iterator().next(), row);
        });
  }

  /**
   * Adds hidden state mappers.
   *
   * @param weights their weights, and those of the norms of the layers' keys
   */
  public void addMaps(LinearWeights weights) {
    GridScheduler scheduler = new GridScheduler();
    KeyValueGraph.Mapped graph = new KeyValueGraph.Mapped(arrays, weights, scheduler);
    GraphSet set = GraphSet.next(arrays, scheduler, graph);
    add(
        set,
        () -> {
          weights.linears().forEach(map -> maps.put(map, new Maps(set, graph)));
          int[] exitLayers = new int[MemoryPlan.TRIAL_TOKENS];
          LaunchRows row = trialRow(exitLayers);
          TokenPolicy policy = new TokenPolicy(new float[TokenFeatures.COUNT], 0);
          computeKeyValues(0, row, TokenExits.NONE);
          runClassTokens(0, row, true);
          runOtherTokens(0, row, policy);
          int[] exited = exitTokens(0, 0, row);
          System.arraycopy(exited, 0, exitLayers, 0, exited.length);
          graph.use(weights.linears().iterator().next(), tensors.layer(0).keyNorm());
          set.launch(graph, row, Compaction.EXITED, 1);
        });
  }

  /** Runs new graphs once; frees them if they fail. */
  private void add(GraphSet set, Runnable trial) {
    try {
      trial.run();
    } catch (RuntimeException | Error e) {
      set.close();
      throw e;
    }
    added.add(set);
  }

  /** A row of zeros, in slots that no wave has. */
  private LaunchRows trialRow(int[] exitLayers) {
    LaunchRows row = new LaunchRows();
    row.add(memory.slots(), exitLayers.length, exitLayers, 0);
    embed(row, new int[exitLayers.length]);
    return row;
  }

  /**
   * Embeds all tokens of the rows.
   *
   * @param ids the token ids, one row after the other
   */
  public void embed(LaunchRows rows, int[] ids) {
    int from = 0;
    for (LaunchRows part : rows.split(memory.launchTokens())) {
      int count = Math.min(memory.launchTokens(), ids.length - from);
      MemorySegment to = embed.ids.getSegment();
      MemorySegment.copy(ids, from, to, ValueLayout.JAVA_INT, 0, count);
      base.launch(embed, part, Compaction.ALL, 0);
      from += count;
    }
  }

  /** Computes the keys and values of a layer for all tokens of the rows. */
  public void computeKeyValues(int layer, LaunchRows rows, TokenExits tokenExits) {
    Layers own = layers[layer];
    own.keyValue().use(layer);
    for (LaunchRows part : rows.split(memory.launchTokens())) {
      own.set().launch(own.keyValue(), part, Compaction.ACTIVE, 0);
    }
    for (int exit : tokenExits.policies().keySet()) {
      if (exit < layer) {
        LinearTensors map = tokenExits.mapper().map(exit, layer);
        Maps mapped = maps.get(map);
        mapped.graph().use(map, tensors.layer(layer).keyNorm());
        for (LaunchRows part : rows.split(memory.launchTokens())) {
          mapped.set().launch(mapped.graph(), part, Compaction.EXITED, exit + 1);
        }
      }
    }
  }

  /** Runs a layer for all tokens of the rows, all of them active, after its keys and values. */
  public void runAllTokens(int layer, LaunchRows rows) {
    for (LaunchRows part : rows.split(memory.launchTokens())) {
      runBlock(layer, part, Compaction.ALL);
    }
  }

  /**
   * Runs a layer for the class tokens of the rows, after its keys and values.
   *
   * @param hasPolicy whether tokens may exit after the layer
   */
  public void runClassTokens(int layer, LaunchRows rows, boolean hasPolicy) {
    runBlock(layer, rows, Compaction.CLASS_TOKEN);
    if (hasPolicy) {
      classAttention.use(layer);
      base.launch(classAttention, rows, Compaction.CLASS_TOKEN, 0);
    }
  }

  /**
   * Runs a layer for the other active tokens of the rows, after the class tokens.
   *
   * @param policy the layer's token policy; null if it has none
   */
  public void runOtherTokens(int layer, LaunchRows rows, TokenPolicy policy) {
    for (LaunchRows part : rows.split(memory.launchTokens())) {
      if (policy != null) {
        base.launch(savedStates, part, Compaction.ACTIVE_OTHERS, 0);
      }
      runBlock(layer, part, Compaction.ACTIVE_OTHERS);
      if (policy != null) {
        tokenPolicy.use(policy);
        base.launch(tokenPolicy, part, Compaction.ACTIVE_OTHERS, 0);
      }
    }
  }

  private void runBlock(int layer, LaunchRows rows, int selection) {
    BlockGraph block = layers[layer].block();
    block.use(layer);
    layers[layer].set().launch(block, rows, selection, 0);
  }

  /**
   * Exits the tokens that the token policy selects.
   *
   * @param layer the layer after which they exit
   * @return for each active token but the class tokens, 1 if it exits, else 0
   */
  public int[] exitTokens(int layer, float threshold, LaunchRows rows) {
    tokenExit.threshold.set(0, threshold);
    int[] exited = {};
    for (LaunchRows part : rows.split(memory.launchTokens())) {
      TornadoExecutionResult result =
          base.fetch(tokenExit, part, Compaction.ACTIVE_OTHERS, layer + 1);
      if (result != null) {
        int count = tokenExit.parameters.tokens();
        result.transferToHost(new DataRange(tokenExit.exited).withSize(count));
        MemorySegment from = tokenExit.exited.getSegment();
        int before = exited.length;
        exited = Arrays.copyOf(exited, before + count);
        MemorySegment.copy(from, ValueLayout.JAVA_INT, 0, exited, before, count);
      }
    }
    return exited;
  }

  /**
   * Computes an exit head at the class tokens of the rows.
   *
   * @param head its weights
   * @param rows at most {@link MemoryPlan#headRows}
   * @return {@code [rows, outputs]}
   */
  public float[] exitScores(LinearTensors head, LaunchRows rows) {
    Heads found = heads.get(head);
    found.graph().use(head);
    TornadoExecutionResult result =
        found.set().fetch(found.graph(), rows, Compaction.CLASS_TOKEN, 0);
    float[] scores = new float[rows.size() * head.weight().rows()];
    read(result, found.graph().scores, scores, 0, scores.length);
    return scores;
  }

  /**
   * Reads hidden states.
   *
   * @param rows rows with at most {@link MemoryPlan#stateTokens} tokens, or one longer row
   * @param tokens number of their tokens
   * @return {@code [tokens, width]}
   */
  public float[] hiddenStates(LaunchRows rows, int tokens) {
    float[] found = new float[tokens * width];
    int at = 0;
    for (LaunchRows part : rows.split(memory.stateTokens())) {
      TornadoExecutionResult result = base.fetch(states, part, Compaction.ALL, 0);
      int count = states.parameters.tokens() * width;
      read(result, states.states, found, at, count);
      at += count;
    }
    return found;
  }

  private static void read(
      TornadoExecutionResult result, FloatArray array, float[] to, int at, int count) {
    result.transferToHost(new DataRange(array).withSize(count));
    MemorySegment.copy(array.getSegment(), ValueLayout.JAVA_FLOAT, 0, to, at, count);
  }

  /** Frees the device's memory. */
  @Override
  public void close() {
    added.forEach(GraphSet::close);
    base.close();
    base.closeShared();
  }
}
