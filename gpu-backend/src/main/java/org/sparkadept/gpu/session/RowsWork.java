package org.sparkadept.gpu.session;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.gpu.device.DeviceWork;
import org.sparkadept.gpu.graph.Rows;
import org.sparkadept.gpu.kernel.Call;

/** A step for some rows of a wave. Equal steps of other waves join it. */
final class RowsWork implements DeviceWork {
  /** A row of a launch: the {@code index}-th of its work. */
  record Named(RowsWork work, int index) {
    Wave wave() {
      return work.wave;
    }

    int row() {
      return work.rows[index];
    }
  }

  private final TornadoModel model;
  private final Step step;
  private final Wave wave;
  private final int[] rows;
  private final int[] ints;
  private final float[] floats;
  private int states;

  /**
   * @param ints token ids that are read, or exit layers that are written, by token of the wave;
   *     null where the step has neither
   * @param floats what the step writes, the work's rows one behind the other; null where it does
   *     not
   */
  RowsWork(TornadoModel model, Step step, Wave wave, int[] rows, int[] ints, float[] floats) {
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

  float[] floats() {
    return floats;
  }

  /** Where the next {@code count} floats go. */
  int nextState(int count) {
    states += count;
    return states - count;
  }

  @Override
  public boolean joins(DeviceWork other) {
    return other instanceof RowsWork work && work.model == model && work.step.equals(step);
  }

  @Override
  public void run(List<DeviceWork> joined) {
    Rows launch = new Rows();
    List<Named> named = new ArrayList<>();
    int most = step.most(model.sizes());
    int tokens = 0;
    for (DeviceWork each : joined) {
      RowsWork work = (RowsWork) each;
      for (int i = 0; i < work.rows.length; i++) {
        int row = work.rows[i];
        int more = step.tokens(work.wave, row);
        if (!named.isEmpty() && (tokens + more > most || named.size() == Call.MOST_ROWS)) {
          step.launch(model.graphs(), launch, named);
          launch.clear();
          named.clear();
          tokens = 0;
        }
        int start = work.wave.start(row);
        launch.add(work.wave.place() + start, work.wave.length(row), work.wave.leftAfter(), start);
        named.add(new Named(work, i));
        tokens += more;
      }
    }
    if (!named.isEmpty()) {
      step.launch(model.graphs(), launch, named);
    }
  }
}
