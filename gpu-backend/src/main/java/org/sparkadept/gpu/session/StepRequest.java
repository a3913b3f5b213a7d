package org.sparkadept.gpu.session;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.gpu.device.DeviceThread;
import org.sparkadept.gpu.graph.LaunchRows;
import org.sparkadept.gpu.kernel.LaunchParameters;

/** A step for some rows of a wave. It is merged with equal steps of other waves. */
final class StepRequest implements DeviceThread.Work {
  /**
   * A wave on the device.
   *
   * @param firstSlot slot of its first token
   * @param rows its rows
   * @param exitLayers {@code [tokens]}: the exit layer of each token, 0 while it is active; a copy
   *     of the device's
   */
  record Wave(int firstSlot, TokenRows rows, int[] exitLayers) {}

  /** A row of a launch: the {@code index}-th of its request. */
  record RequestRow(StepRequest request, int index) {
    Wave wave() {
      return request.wave;
    }

    /** Index of its first token in the wave. */
    int start() {
      return request.wave.rows().start(request.rows.row(index));
    }

    /** Index of its class token in the wave. */
    int classToken() {
      return request.wave.rows().classToken(request.rows.row(index));
    }

    int length() {
      return request.wave.rows().length(request.rows.row(index));
    }
  }

  private final TornadoModel model;
  private final Step step;
  private final Wave wave;
  private final RowSet rows;
  private final int[] ints;
  private final float[] floats;
  private int written;

  /**
   * Creates a request.
   *
   * @param ints token ids to read, or exit layers to write, by token of the wave; null if the step
   *     has neither
   * @param floats receives the step's results, one row after the other; null if it has none
   */
  StepRequest(TornadoModel model, Step step, Wave wave, RowSet rows, int[] ints, float[] floats) {
    this.model = model;
    this.step = step;
    this.wave = wave;
    this.rows = rows;
    this.ints = ints;
    this.floats = floats;
  }

  int[] ints() {
    return ints;
  }

  /** Appends results. */
  void write(float[] results, int from, int count) {
    System.arraycopy(results, from, floats, written, count);
    written += count;
  }

  @Override
  public boolean mergesWith(DeviceThread.Work other) {
    return other instanceof StepRequest request
        && request.model == model
        && request.step.equals(step);
  }

  @Override
  public void run(List<DeviceThread.Work> merged) {
    LaunchRows launch = new LaunchRows();
    List<RequestRow> requestRows = new ArrayList<>();
    int maxTokens = step.maxTokens(model.memory());
    int tokens = 0;
    for (DeviceThread.Work work : merged) {
      StepRequest request = (StepRequest) work;
      for (int i = 0; i < request.rows.size(); i++) {
        int row = request.rows.row(i);
        int more = step.tokens(request.wave, row);
        boolean full = tokens + more > maxTokens || launch.size() == LaunchParameters.MAX_ROWS;
        if (launch.size() > 0 && full) {
          step.launch(model.graphs(), launch, requestRows);
          launch.clear();
          requestRows.clear();
          tokens = 0;
        }
        int start = request.wave.rows().start(row);
        int slot = request.wave.firstSlot() + start;
        launch.add(slot, request.wave.rows().length(row), request.wave.exitLayers(), start);
        requestRows.add(new RequestRow(request, i));
        tokens += more;
      }
    }
    if (launch.size() > 0) {
      step.launch(model.graphs(), launch, requestRows);
    }
  }
}
