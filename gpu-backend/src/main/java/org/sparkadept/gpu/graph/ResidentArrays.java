package org.sparkadept.gpu.graph;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.gpu.kernel.ControlKernels;
import org.sparkadept.gpu.weights.Weights;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.HalfFloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The arrays of a model that stay on the device, shared by all its graphs. */
final class ResidentArrays {
  /** Name of the graph that makes them resident. */
  static final String GRAPH = "resident";

  final ModelConfig config;
  final Weights weights;

  /**
   * {@code [slots, width]}: the residual stream; of a token that has exited, what the hidden state
   * mapper reads.
   */
  final FloatArray hidden;

  /** {@code [slots, 2 · keyWidth]}: keys and values of the current layer. */
  final FloatArray keyValues;

  /** {@code [slots]}: the exit layer of each token, 0 while it is active. */
  final IntArray exitLayers;

  /** {@code [slots]}: the attention weight of each token for its row's class token. */
  final FloatArray classAttention;

  /** {@code [slots]}: the token policy's π. */
  final FloatArray preference;

  /** {@code [packed]}: the slot of each packed token. */
  final IntArray slots;

  /** {@code [packed]}: its position in its row. */
  final IntArray positions;

  /** {@code [packed, width]}. */
  final FloatArray normed;

  /** {@code [packed, width]}: hidden states saved before a layer with a token policy. */
  final FloatArray savedStates;

  /** {@code [packed, queryWidth]}. */
  final FloatArray queries;

  /** {@code [packed, queryWidth]}: the output of attention. */
  final FloatArray attention;

  /** {@code [packed, mlpWidth]}: inside the MLP. */
  final FloatArray inner;

  /** {@code [tiles, TILE, TILE]}: scratch of tensor cores; null without them. */
  final FloatArray products;

  ResidentArrays(ModelConfig config, Weights weights, MemoryPlan plan, boolean tensorCores) {
    this.config = config;
    this.weights = weights;
    hidden = new FloatArray(plan.slots() * config.width());
    keyValues = new FloatArray(plan.slots() * 2 * config.keyWidth());
    exitLayers = new IntArray(plan.slots());
    classAttention = new FloatArray(plan.slots());
    preference = new FloatArray(plan.slots());
    slots = new IntArray(plan.launchTokens());
    positions = new IntArray(plan.launchTokens());
    normed = new FloatArray(Math.multiplyExact(plan.launchTokens(), config.width()));
    savedStates = new FloatArray(Math.multiplyExact(plan.launchTokens(), config.width()));
    queries = new FloatArray(Math.multiplyExact(plan.launchTokens(), config.queryWidth()));
    attention = new FloatArray(Math.multiplyExact(plan.launchTokens(), config.queryWidth()));
    inner = new FloatArray(Math.multiplyExact(plan.launchTokens(), config.mlpWidth()));
    products = tensorCores ? new FloatArray(Math.toIntExact(plan.products(config))) : null;
  }

  /** All of them. */
  List<TornadoNativeArray> all() {
    List<TornadoNativeArray> all = new ArrayList<>(weights.matrices());
    all.addAll(weights.floats());
    all.addAll(List.of(hidden, keyValues, classAttention, preference));
    all.addAll(List.of(normed, savedStates, queries, attention, inner));
    all.addAll(List.of(exitLayers, slots, positions));
    if (products != null) {
      all.add(products);
    }
    return all;
  }

  /** The graph that copies the arrays to the device, where the other graphs use them. */
  TaskGraph upload(GridScheduler scheduler) {
    KernelContext context = new KernelContext();
    TaskGraph tasks =
        new TaskGraph(GRAPH)
            .transferToDevice(DataTransferMode.FIRST_EXECUTION, context)
            .transferToDevice(DataTransferMode.FIRST_EXECUTION, all().toArray());
    int number = 0;
    for (TornadoNativeArray array : all()) {
      String task = "keep" + number++;
      switch (array) {
        case FloatArray floats -> tasks.task(task, ControlKernels::keepFloats, context, floats);
        case HalfFloatArray halves -> tasks.task(task, ControlKernels::keepHalves, context, halves);
        case IntArray ints -> tasks.task(task, ControlKernels::keepInts, context, ints);
        default -> throw new IllegalArgumentException("No kernel for " + array.getClass());
      }
      scheduler.addWorkerGrid(GRAPH + "." + task, Graph.oneGroup());
    }
    return tasks.persistOnDevice(all().toArray());
  }
}
