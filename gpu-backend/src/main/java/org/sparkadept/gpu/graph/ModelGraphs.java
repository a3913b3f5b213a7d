package org.sparkadept.gpu.graph;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.kernel.Compaction;
import org.sparkadept.gpu.kernel.LaunchParameters;
import org.sparkadept.gpu.weights.Weights;
import uk.ac.manchester.tornado.api.DataRange;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The task graphs of a model on a device, with one method for each computation. A call takes at
 * most {@link MemoryPlan#launchTokens} tokens and {@link LaunchParameters#MAX_ROWS} rows. To be
 * used on the device's thread only.
 */
public final class ModelGraphs implements AutoCloseable {
  /** Largest number of graphs. */
  static final int MAX_GRAPHS = 11;

  private final int width;
  private final Set<Integer> tokenExitLayers;
  private final TornadoExecutionPlan plan;
  private final List<Graph> graphs = new ArrayList<>();
  private final EmbedGraph embed;
  private final KeyValueGraph keyValue;
  private final BlockGraph block;
  private final ExitHeadGraph exitHead;
  private final GatherGraph states;
  private final KeyValueGraph mapper;
  private final GatherGraph savedStates;
  private final TokenExitGraphs.ClassAttention classAttention;
  private final TokenExitGraphs.Policy tokenPolicy;
  private final TokenExitGraphs.Exit tokenExit;

  /**
   * Builds the graphs and copies the weights to the device.
   *
   * @param source the model
   * @param weights its weights
   * @param memory sizes of the other arrays
   * @param tensorCores whether to use them; only with weights in half precision
   * @param device the device
   */
  public ModelGraphs(
      ModelSource source, Weights weights, MemoryPlan memory, boolean tensorCores, Device device) {
    width = source.config().width();
    tokenExitLayers = source.tokenExits().policies().keySet();
    ResidentArrays arrays = new ResidentArrays(source.config(), weights, memory, tensorCores);
    GridScheduler scheduler = new GridScheduler();
    List<ImmutableTaskGraph> built = new ArrayList<>();
    built.add(arrays.upload(scheduler).snapshot());
    embed = add(new EmbedGraph(arrays, memory, scheduler));
    keyValue = add(KeyValueGraph.active(arrays, scheduler));
    block = add(new BlockGraph(arrays, scheduler));
    exitHead = add(new ExitHeadGraph(arrays, memory, scheduler));
    states = add(GatherGraph.read(arrays, memory, scheduler));
    if (tokenExitLayers.isEmpty()) {
      mapper = null;
      savedStates = null;
      classAttention = null;
      tokenPolicy = null;
      tokenExit = null;
    } else {
      mapper = add(KeyValueGraph.mapper(arrays, scheduler));
      savedStates = add(GatherGraph.save(arrays, scheduler));
      classAttention = add(new TokenExitGraphs.ClassAttention(arrays, scheduler));
      tokenPolicy = add(new TokenExitGraphs.Policy(arrays, scheduler));
      tokenExit = add(new TokenExitGraphs.Exit(arrays, memory, scheduler));
    }
    graphs.forEach(graph -> built.add(graph.tasks.snapshot()));
    plan = new TornadoExecutionPlan(built.toArray(ImmutableTaskGraph[]::new));
    plan.withDevice(device.handle()).withGridScheduler(scheduler);
    plan.withGraph(0).execute();
  }

  private <G extends Graph> G add(G graph) {
    graphs.add(graph);
    return graph;
  }

  /** Launches a graph for the selected tokens of the rows; null if there are none. */
  private TornadoExecutionResult launch(
      Graph graph, LaunchRows rows, int selection, int exitLayer) {
    int tokens = graph.parameters.setRows(rows, selection, exitLayer);
    if (tokens == 0) {
      return null;
    }
    graph.fit(rows.size(), tokens);
    return plan.withGraph(1 + graphs.indexOf(graph)).execute();
  }

  /** Launches a graph whose results the host reads, and checks that it completed. */
  private TornadoExecutionResult fetch(Graph graph, LaunchRows rows, int selection, int exitLayer) {
    TornadoExecutionResult result = launch(graph, rows, selection, exitLayer);
    if (result != null) {
      graph.requireCompletion(result);
    }
    return result;
  }

  /**
   * Embeds all tokens of the rows.
   *
   * @param ids the token ids, one row after the other
   */
  public void embed(LaunchRows rows, int[] ids) {
    if (ids.length > 0) {
      MemorySegment.copy(ids, 0, embed.ids.getSegment(), ValueLayout.JAVA_INT, 0, ids.length);
      launch(embed, rows, Compaction.ALL, 0);
    }
  }

  /**
   * Computes the keys and values of a layer for all tokens of the rows.
   *
   * @param layer the layer, counted from 0
   */
  public void computeKeyValues(int layer, LaunchRows rows) {
    keyValue.use(layer);
    launch(keyValue, rows, Compaction.ACTIVE, 0);
    for (int exitLayer : tokenExitLayers) {
      if (exitLayer <= layer) {
        mapper.useMapper(layer, exitLayer);
        launch(mapper, rows, Compaction.EXITED, exitLayer);
      }
    }
  }

  /** Runs a layer for all tokens of the rows, all of them active, after its keys and values. */
  public void runAllTokens(int layer, LaunchRows rows) {
    block.use(layer);
    launch(block, rows, Compaction.ALL, 0);
  }

  /** Runs a layer for the class tokens of the rows, after its keys and values. */
  public void runClassTokens(int layer, LaunchRows rows) {
    block.use(layer);
    launch(block, rows, Compaction.CLASS_TOKEN, 0);
    if (tokenExitLayers.contains(layer + 1)) {
      classAttention.use(layer);
      launch(classAttention, rows, Compaction.CLASS_TOKEN, 0);
    }
  }

  /** Runs a layer for the other active tokens of the rows, after the class tokens. */
  public void runOtherTokens(int layer, LaunchRows rows) {
    boolean hasPolicy = tokenExitLayers.contains(layer + 1);
    if (hasPolicy) {
      launch(savedStates, rows, Compaction.ACTIVE_OTHERS, 0);
    }
    block.use(layer);
    launch(block, rows, Compaction.ACTIVE_OTHERS, 0);
    if (hasPolicy) {
      tokenPolicy.use(layer + 1);
      launch(tokenPolicy, rows, Compaction.ACTIVE_OTHERS, 0);
    }
  }

  /**
   * Exits the tokens that the token policy selects.
   *
   * @param exitLayer the exit layer, counted from 1
   * @return for each active token but the class tokens, 1 if it exits, else 0
   */
  public int[] exitTokens(int exitLayer, float threshold, LaunchRows rows) {
    tokenExit.threshold.set(0, threshold);
    TornadoExecutionResult result = fetch(tokenExit, rows, Compaction.ACTIVE_OTHERS, exitLayer);
    int[] exited = new int[result == null ? 0 : tokenExit.parameters.tokens()];
    if (result != null) {
      result.transferToHost(new DataRange(tokenExit.exited).withSize(exited.length));
      MemorySegment from = tokenExit.exited.getSegment();
      MemorySegment.copy(from, ValueLayout.JAVA_INT, 0, exited, 0, exited.length);
    }
    return exited;
  }

  /**
   * Computes an exit head at the class tokens of the rows.
   *
   * @param exitLayer the exit layer, counted from 1
   * @param outputs outputs of its head; times the rows, at most {@link MemoryPlan#scoreFloats}
   * @return {@code [rows, outputs]}
   */
  public float[] exitScores(int exitLayer, int outputs, LaunchRows rows) {
    exitHead.use(exitLayer, outputs);
    TornadoExecutionResult result = fetch(exitHead, rows, Compaction.CLASS_TOKEN, 0);
    return read(result, exitHead.scores, rows.size() * outputs);
  }

  /**
   * Reads hidden states.
   *
   * @param rows rows with at most {@link MemoryPlan#stateTokens} tokens
   * @return {@code [tokens of the rows, width]}
   */
  public float[] hiddenStates(LaunchRows rows) {
    TornadoExecutionResult result = fetch(states, rows, Compaction.ALL, 0);
    return read(result, states.states, result == null ? 0 : states.parameters.tokens() * width);
  }

  private static float[] read(TornadoExecutionResult result, FloatArray array, int size) {
    float[] copied = new float[size];
    if (result != null) {
      result.transferToHost(new DataRange(array).withSize(size));
      MemorySegment.copy(array.getSegment(), ValueLayout.JAVA_FLOAT, 0, copied, 0, size);
    }
    return copied;
  }

  /** Frees the device's memory. */
  @Override
  public void close() {
    try {
      plan.withAllGraphs().close();
    } catch (TornadoExecutionPlanException e) {
      throw new IllegalStateException("The device's memory cannot be freed.", e);
    }
  }
}
