package org.sparkadept.gpu.session;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.gpu.device.DeviceThread;
import org.sparkadept.gpu.graph.LaunchRows;
import org.sparkadept.gpu.kernel.LaunchParameters;

/** A step for some rows of a wave. It is merged with equal steps of other waves. */
final class StepRequest implements DeviceThread.Work {
  /**
   * A wave on the device.
   *
   * @param firstSlot slot of its first token
   * @param rowStarts {@code [rows + 1]}: index of each row's first token in the wave
   * @param exitLayers {@code [tokens]}: the exit layer of each token, 0 while it is active; a copy
   *     of the device's
   */
  record Wave(int firstSlot, int[] rowStarts, int[] exitLayers) {
    int start(int row) {
      return rowStarts[row];
    }

    int end(int row) {
      return rowStarts[row + 1];
    }

    int length(int row) {
      return rowStarts[row + 1] - rowStarts[row];
    }

    int tokens() {
      return rowStarts[rowStarts.length - 1];
    }
  }

  /** A row of a launch: the {@code index}-th of its request. */
  record RequestRow(StepRequest request, int index) {
    Wave wave() {
      return request.wave;
    }

    /** Index of its first token in the wave. */
    int start() {
      return request.wave.start(request.rows[index]);
    }

    /** Index of its class token in the wave. */
    int classToken() {
      return request.wave.end(request.rows[index]) - 1;
    }

    int length() {
      return request.wave.length(request.rows[index]);
    }
  }

  private final TornadoModel model;
  private final Step step;
  private final Wave wave;
  private final int[] rows;
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
  StepRequest(TornadoModel model, Step step, Wave wave, int[] rows, int[] ints, float[] floats) {
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
      for (int i = 0; i < request.rows.length; i++) {
        int row = request.rows[i];
        int more = step.tokens(request.wave, row);
        boolean full = tokens + more > maxTokens || launch.size() == LaunchParameters.MAX_ROWS;
        if (launch.size() > 0 && full) {
          step.launch(model.graphs(), launch, requestRows);
          launch.clear();
          requestRows.clear();
          tokens = 0;
        }
        int start = request.wave.start(row);
        int slot = request.wave.firstSlot() + start;
        launch.add(slot, request.wave.length(row), request.wave.exitLayers(), start);
        requestRows.add(new RequestRow(request, i));
        tokens += more;
      }
    }
    if (launch.size() > 0) {
      step.launch(model.graphs(), launch, requestRows);
    }
  }
}
