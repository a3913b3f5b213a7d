package org.sparkadept.gpu.graph;

import java.util.ArrayList;
import java.util.List;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.TornadoExecutionResult;
import uk.ac.manchester.tornado.api.exceptions.TornadoExecutionPlanException;

/**
 * Graphs of one TornadoVM execution plan. A plan takes no further graphs once it is built, so
 * weights that come later bring a set of their own. TornadoVM passes the buffers of resident arrays
 * from each graph of a plan to the next; {@link ResidentArrays#link}, which all sets of a model
 * share, brings them from the first plan to the others. Each launch is complete when the call
 * returns, so sets need no other order.
 */
final class GraphSet implements AutoCloseable {
  private final List<Graph> graphs;
  private final TornadoExecutionPlan plan;

  /** Number of graphs of the plan before those of this set. */
  private final int shared;

  private GraphSet(
      ResidentArrays arrays,
      GridScheduler scheduler,
      List<ImmutableTaskGraph> sharedGraphs,
      Graph... graphs) {
    this.graphs = List.of(graphs);
    shared = sharedGraphs.size();
    List<ImmutableTaskGraph> built = new ArrayList<>(sharedGraphs);
    this.graphs.forEach(graph -> built.add(graph.tasks.snapshot()));
    arrays.addGrids(scheduler);
    plan = new TornadoExecutionPlan(built.toArray(ImmutableTaskGraph[]::new));
    plan.withDevice(arrays.device.handle()).withGridScheduler(scheduler);
    for (int graph = 0; graph < shared; graph++) {
      plan.withGraph(graph).execute();
    }
  }

  /**
   * Builds the first set of a model, and copies the arrays to the device.
   *
   * @param scheduler the grids of the graphs
   */
  static GraphSet first(ResidentArrays arrays, GridScheduler scheduler, Graph... graphs) {
    return new GraphSet(arrays, scheduler, List.of(arrays.upload, arrays.link), graphs);
  }

  /** Builds a further set. */
  static GraphSet next(ResidentArrays arrays, GridScheduler scheduler, Graph... graphs) {
    return new GraphSet(arrays, scheduler, List.of(arrays.link), graphs);
  }

  /** Launches a graph for the selected tokens of the rows; null if there are none. */
  TornadoExecutionResult launch(Graph graph, LaunchRows rows, int selection, int exitLayer) {
    int tokens = graph.parameters.setRows(rows, selection, exitLayer);
    if (tokens == 0) {
      return null;
    }
    graph.fit(rows.size(), tokens);
    return plan.withGraph(shared + graphs.indexOf(graph)).execute();
  }

  /** Launches a graph whose results the host reads, and checks that it completed. */
  TornadoExecutionResult fetch(Graph graph, LaunchRows rows, int selection, int exitLayer) {
    TornadoExecutionResult result = launch(graph, rows, selection, exitLayer);
    if (result != null) {
      graph.requireCompletion(result);
    }
    return result;
  }

  /** Frees what the graphs alone use. */
  @Override
  public void close() {
    for (int graph = 0; graph < graphs.size(); graph++) {
      free(shared + graph);
    }
  }

  /** Frees what all sets share, once they are closed. */
  void closeShared() {
    for (int graph = 0; graph < shared; graph++) {
      free(graph);
    }
  }

  private void free(int graph) {
    try {
      plan.withGraph(graph).close();
    } catch (TornadoExecutionPlanException e) {
      throw new IllegalStateException("The device's memory cannot be freed.", e);
    }
  }
}
