package org.sparkadept.gpu.graph;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.RotaryTables;
import org.sparkadept.gpu.device.Device;
import org.sparkadept.gpu.kernel.ControlKernels;
import uk.ac.manchester.tornado.api.GridScheduler;
import uk.ac.manchester.tornado.api.ImmutableTaskGraph;
import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** The arrays of a model that stay on the device, shared by all its graphs. */
final class ResidentArrays {
  /** Name of the graph that makes them resident. */
  static final String GRAPH = "resident";

  private static final String LINK = "link";

  final ModelConfig config;
  final Device device;

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

  /** {@code [positions, headDim]}, cosines then sines, if positions are rotary. */
  final FloatArray rotary;

  /** {@code [tiles, TILE, TILE]}: scratch of tensor cores; null without them. */
  final FloatArray products;

  /** Copies the arrays to the device, where the other graphs use them. */
  final ImmutableTaskGraph upload;

  /** Passes the arrays on to the graphs of another execution plan, which follow it there. */
  final ImmutableTaskGraph link;

  ResidentArrays(ModelConfig config, MemoryPlan plan, boolean tensorCores, Device device) {
    this.config = config;
    this.device = device;
    int slots = plan.arraySlots();
    hidden = new FloatArray(Math.multiplyExact(slots, config.width()));
    keyValues = new FloatArray(Math.multiplyExact(slots, 2 * config.keyWidth()));
    exitLayers = new IntArray(slots);
    classAttention = new FloatArray(slots);
    preference = new FloatArray(slots);
    this.slots = new IntArray(plan.launchTokens());
    positions = new IntArray(plan.launchTokens());
    normed = new FloatArray(Math.multiplyExact(plan.launchTokens(), config.width()));
    savedStates = new FloatArray(Math.multiplyExact(plan.launchTokens(), config.width()));
    queries = new FloatArray(Math.multiplyExact(plan.launchTokens(), config.queryWidth()));
    attention = new FloatArray(Math.multiplyExact(plan.launchTokens(), config.queryWidth()));
    inner = new FloatArray(Math.multiplyExact(plan.launchTokens(), config.mlpWidth()));
    products = tensorCores ? new FloatArray(Math.toIntExact(plan.products(config))) : null;
    rotary = new FloatArray(plan.rotaryFloats(config));
    if (config.hasRotary()) {
      fill(RotaryTables.of(config.rotary(0), plan.rotaryFloats(config) / config.headDim()));
    }
    upload = buildUpload();
    link = buildLink();
  }

  private void fill(RotaryTables tables) {
    int at = 0;
    for (int position = 0; position < tables.cos().length; position++) {
      for (float value : tables.cos()[position]) {
        rotary.set(at++, value);
      }
      for (float value : tables.sin()[position]) {
        rotary.set(at++, value);
      }
    }
  }

  /** All of them. */
  List<TornadoNativeArray> all() {
    List<TornadoNativeArray> all = new ArrayList<>();
    all.addAll(List.of(hidden, keyValues, classAttention, preference, rotary));
    all.addAll(List.of(normed, savedStates, queries, attention, inner));
    all.addAll(List.of(exitLayers, slots, positions));
    if (products != null) {
      all.add(products);
    }
    return all;
  }

  private ImmutableTaskGraph buildUpload() {
    KernelContext context = new KernelContext();
    TaskGraph tasks =
        new TaskGraph(GRAPH)
            .transferToDevice(DataTransferMode.FIRST_EXECUTION, context)
            .transferToDevice(DataTransferMode.FIRST_EXECUTION, all().toArray());
    int number = 0;
    for (TornadoNativeArray array : all()) {
      String task = "keep" + number++;
      if (array instanceof FloatArray floats) {
        tasks.task(task, ControlKernels::keepFloats, context, floats);
      } else {
        tasks.task(task, ControlKernels::keepInts, context, (IntArray) array);
      }
    }
    return tasks.persistOnDevice(all().toArray()).snapshot();
  }

  private ImmutableTaskGraph buildLink() {
    KernelContext context = new KernelContext();
    return new TaskGraph(LINK)
        .consumeFromDevice(GRAPH, all().toArray())
        .transferToDevice(DataTransferMode.FIRST_EXECUTION, context)
        .task("keep", ControlKernels::keepInts, context, slots)
        .snapshot();
  }

  /** Adds the grids of both graphs. */
  void addGrids(GridScheduler scheduler) {
    for (int number = 0; number < all().size(); number++) {
      scheduler.addWorkerGrid(GRAPH + ".keep" + number, Graph.oneGroup());
    }
    scheduler.addWorkerGrid(LINK + ".keep", Graph.oneGroup());
  }
}
