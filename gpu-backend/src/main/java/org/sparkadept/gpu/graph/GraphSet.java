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
 * weights that come later bring a set of their own. All sets of a model share the graph of its
 * {@link ResidentArrays}: TornadoVM passes the arrays' buffers from it on to the graphs of its
 * plan. Each launch is complete when the call returns, so sets need no other order.
 */
final class GraphSet implements AutoCloseable {
  private final List<Graph> graphs;
  private final TornadoExecutionPlan plan;

  /**
   * Builds the plan; the arrays are copied to the device by the first set that uses them.
   *
   * @param scheduler the grids of the graphs
   */
  GraphSet(ResidentArrays arrays, GridScheduler scheduler, Graph... graphs) {
    this.graphs = List.of(graphs);
    List<ImmutableTaskGraph> built = new ArrayList<>();
    built.add(arrays.graph(scheduler));
    this.graphs.forEach(graph -> built.add(graph.tasks.snapshot()));
    plan = new TornadoExecutionPlan(built.toArray(ImmutableTaskGraph[]::new));
    plan.withDevice(arrays.device.handle()).withGridScheduler(scheduler);
    plan.withGraph(0).execute();
  }

  /** Launches a graph for the selected tokens of the rows; null if there are none. */
  TornadoExecutionResult launch(Graph graph, LaunchRows rows, int selection, int exitLayer) {
    int tokens = graph.parameters.setRows(rows, selection, exitLayer);
    if (tokens == 0) {
      return null;
    }
    graph.fit(rows.size(), tokens);
    return plan.withGraph(1 + graphs.indexOf(graph)).execute();
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
    for (int graph = 1; graph <= graphs.size(); graph++) {
      free(graph);
    }
  }

  /** Frees the resident arrays, once all sets are closed. */
  void freeResidentArrays() {
    free(0);
  }

  private void free(int graph) {
    try {
      plan.withGraph(graph).close();
    } catch (TornadoExecutionPlanException e) {
      throw new IllegalStateException("The device's memory cannot be freed.", e);
    }
  }
}
