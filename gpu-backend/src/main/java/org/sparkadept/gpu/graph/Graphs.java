package org.sparkadept.gpu.graph;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.kernel.Call;
import org.sparkadept.gpu.kernel.TokenLists;
import org.sparkadept.gpu.weights.Weights;
import uk.ac.manchester.tornado.api.DataRange;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

/**
 * A model's graphs on a device, and one method for each thing they do. Rows are named by their
 * places in the arena; at most {@link Sizes#launchTokens} tokens and {@link Call#MOST_ROWS} rows go
 * together. To be used from the device's thread only.
 */
public final class Graphs implements AutoCloseable {
  /** How many graphs there are. */
  static final int MOST = 11;

  private final ModelSource source;
  private final TornadoExecutionPlan plan;
  private final List<Graph> graphs = new ArrayList<>();
  private final EmbedGraph embed;
  private final KeyValueGraph keyValue;
  private final BlockGraph block;
  private final ReadGraph read;
  private final StatesGraph states;
  private final MapperGraph mapper;
  private final NoteGraph note;
  private final KeepGraph keep;
  private final AskGraph ask;
  private final LeaveGraph leave;

  /**
   * Builds the graphs and puts the weights on the device.
   *
   * @param source the model
   * @param weights its weights
   * @param sizes how large the other arrays are
   * @param tensorCores whether they are used; only with weights in half precision
   * @param device where it runs
   */
  public Graphs(
      ModelSource source, Weights weights, Sizes sizes, boolean tensorCores, Device device) {
    this.source = source;
    ModelConfig config = source.config();
    SharedArrays arrays = new SharedArrays(config, weights, sizes, tensorCores);
    GridScheduler scheduler = new GridScheduler();
    List<ImmutableTaskGraph> built = new ArrayList<>();
    built.add(HoldGraph.build(arrays, scheduler).snapshot());
    embed = add(new EmbedGraph(config, arrays, sizes, scheduler));
    keyValue = add(new KeyValueGraph(config, arrays, scheduler));
    block = add(new BlockGraph(config, arrays, scheduler));
    read = add(new ReadGraph(config, arrays, sizes, scheduler));
    states = add(new StatesGraph(config, arrays, sizes, scheduler));
    boolean tokensLeave = !source.tokenExits().policies().isEmpty();
    mapper = tokensLeave ? add(new MapperGraph(config, arrays, scheduler)) : null;
    note = tokensLeave ? add(new NoteGraph(config, arrays, scheduler)) : null;
    keep = tokensLeave ? add(new KeepGraph(config, arrays, scheduler)) : null;
    ask = tokensLeave ? add(new AskGraph(config, arrays, scheduler)) : null;
    leave = tokensLeave ? add(new LeaveGraph(config, arrays, sizes, scheduler)) : null;
    graphs.forEach(graph -> built.add(graph.tasks.snapshot()));
    plan = new TornadoExecutionPlan(built.toArray(ImmutableTaskGraph[]::new));
    plan.withDevice(device.handle()).withGridScheduler(scheduler);
    plan.withGraph(0).execute();
  }

  private <G extends Graph> G add(G graph) {
    graphs.add(graph);
    return graph;
  }

  private TornadoExecutionResult launch(Graph graph, int rows, int tokens) {
    graph.fit(rows, tokens);
    return plan.withGraph(1 + graphs.indexOf(graph)).execute();
  }

  /** Launches a graph for some tokens of the rows; not at all where there are none. */
  private TornadoExecutionResult launch(Graph graph, Rows rows, int which, int exit) {
    int tokens = graph.call.name(rows, which, exit);
    return tokens == 0 ? null : launch(graph, rows.size(), tokens);
  }

  /** The same with a graph whose results come down. */
  private TornadoExecutionResult fetch(Graph graph, Rows rows, int which, int exit) {
    TornadoExecutionResult result = launch(graph, rows, which, exit);
    if (result != null) {
      graph.requireReceipt(result);
    }
    return result;
  }

  /**
   * Embeds all tokens of the rows.
   *
   * @param ids the token ids, one row behind the other
   */
  public void embed(Rows rows, int[] ids) {
    if (ids.length > 0) {
      MemorySegment.copy(ids, 0, embed.ids.getSegment(), ValueLayout.JAVA_INT, 0, ids.length);
      launch(embed, rows, TokenLists.ALL, 0);
    }
  }

  /**
   * Makes keys and values of a layer for all tokens of the rows.
   *
   * @param layer the layer, counted from 0
   */
  public void makeKeyValues(int layer, Rows rows) {
    keyValue.use(layer);
    launch(keyValue, rows, TokenLists.GOING, 0);
    for (int exit : source.tokenExits().policies().keySet()) {
      if (exit <= layer) {
        mapper.use(layer, exit);
        launch(mapper, rows, TokenLists.LEFT, exit);
      }
    }
  }

  /** Runs a layer for all tokens of the rows, none of which has left; keys and values are there. */
  public void runAll(int layer, Rows rows) {
    block.use(layer);
    launch(block, rows, TokenLists.ALL, 0);
  }

  /** Runs a layer for the class tokens of the rows; keys and values are there. */
  public void runClassTokens(int layer, Rows rows) {
    block.use(layer);
    launch(block, rows, TokenLists.CLASS, 0);
    if (source.tokenExits().policies().containsKey(layer + 1) && rows.size() > 0) {
      note.use(layer);
      note.call.name(rows, TokenLists.CLASS, 0);
      launch(note, rows.size(), rows.size());
    }
  }

  /**
   * Runs a layer for the other tokens of the rows that have not left; the class token was first.
   */
  public void runOthers(int layer, Rows rows) {
    boolean asked = source.tokenExits().policies().containsKey(layer + 1);
    if (asked) {
      launch(keep, rows, TokenLists.OTHERS, 0);
    }
    block.use(layer);
    launch(block, rows, TokenLists.OTHERS, 0);
    if (asked) {
      ask.use(layer + 1);
      launch(ask, rows, TokenLists.OTHERS, 0);
    }
  }

  /**
   * Lets tokens leave that prefer to.
   *
   * @param exitLayer the exit layer, counted from 1
   * @return for each token that had not left, but the class tokens, 1 where it leaves, else 0
   */
  public int[] leave(int exitLayer, float threshold, Rows rows) {
    leave.threshold.set(0, threshold);
    TornadoExecutionResult result = fetch(leave, rows, TokenLists.OTHERS, exitLayer);
    int[] gone = new int[result == null ? 0 : leave.call.get(0, Call.TOKENS)];
    if (result != null) {
      result.transferToHost(new DataRange(leave.gone).withSize(gone.length));
      MemorySegment.copy(leave.gone.getSegment(), ValueLayout.JAVA_INT, 0, gone, 0, gone.length);
    }
    return gone;
  }

  /**
   * Reads out an exit head at the class tokens of the rows.
   *
   * @param exitLayer the exit layer, counted from 1
   * @param outputs outputs of its head; with the rows, at most {@link Sizes#scoreFloats}
   * @return {@code [rows, outputs]}
   */
  public float[] read(int exitLayer, int outputs, Rows rows) {
    float[] scores = new float[rows.size() * outputs];
    read.use(exitLayer, outputs);
    TornadoExecutionResult result = fetch(read, rows, TokenLists.CLASS, 0);
    return copyOut(result, read.scores.getSegment(), new DataRange(read.scores), scores);
  }

  /**
   * Reads hidden states.
   *
   * @param rows rows with at most {@link Sizes#stateTokens} tokens
   * @return {@code [tokens of the rows, width]}
   */
  public float[] readStates(Rows rows) {
    TornadoExecutionResult result = fetch(states, rows, TokenLists.ALL, 0);
    int tokens = result == null ? 0 : states.call.get(0, Call.TOKENS);
    float[] copied = new float[tokens * source.config().width()];
    return copyOut(result, states.states.getSegment(), new DataRange(states.states), copied);
  }

  private static float[] copyOut(
      TornadoExecutionResult result, MemorySegment from, DataRange range, float[] to) {
    if (result != null) {
      result.transferToHost(range.withSize(to.length));
      MemorySegment.copy(from, ValueLayout.JAVA_FLOAT, 0, to, 0, to.length);
    }
    return to;
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
