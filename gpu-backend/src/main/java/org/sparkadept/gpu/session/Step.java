package org.sparkadept.gpu.session;

import java.util.List;
import org.sparkadept.gpu.graph.Graphs;
import org.sparkadept.gpu.graph.Rows;
import org.sparkadept.gpu.graph.Sizes;

/**
 * What is done with rows. Steps that are equal may be done with the rows of several waves in one
 * launch: no row's result depends on the others.
 */
sealed interface Step {
  /** Most tokens of a launch. */
  default int most(Sizes sizes) {
    return sizes.launchTokens();
  }

  /** How many tokens of a row go into it. */
  default int tokens(Wave wave, int row) {
    return wave.length(row);
  }

  /**
   * Launches it.
   *
   * @param rows the rows
   * @param named where each of them comes from
   */
  void launch(Graphs graphs, Rows rows, List<RowsWork.Named> named);

  /** Embeds the rows' tokens. */
  record Embed() implements Step {
    @Override
    public void launch(Graphs graphs, Rows rows, List<RowsWork.Named> named) {
      int count = 0;
      for (RowsWork.Named each : named) {
        count += each.wave().length(each.row());
      }
      int[] ids = new int[count];
      int at = 0;
      for (RowsWork.Named each : named) {
        int length = each.wave().length(each.row());
        System.arraycopy(each.work().ints(), each.wave().start(each.row()), ids, at, length);
        at += length;
      }
      graphs.embed(rows, ids);
    }
  }

  /** Runs layers whole, counted from 0. */
  record Run(int firstLayer, int endLayer) implements Step {
    @Override
    public void launch(Graphs graphs, Rows rows, List<RowsWork.Named> named) {
      for (int layer = firstLayer; layer < endLayer; layer++) {
        graphs.makeKeyValues(layer, rows);
        graphs.runAll(layer, rows);
      }
    }
  }

  /** Makes a layer's keys and values, and runs it for class tokens. */
  record RunClassTokens(int layer) implements Step {
    @Override
    public void launch(Graphs graphs, Rows rows, List<RowsWork.Named> named) {
      graphs.makeKeyValues(layer, rows);
      graphs.runClassTokens(layer, rows);
    }
  }

  /** Runs a layer for the other tokens that have not left. */
  record RunOthers(int layer) implements Step {
    @Override
    public int tokens(Wave wave, int row) {
      int count = 0;
      for (int t = wave.start(row); t < wave.end(row) - 1; t++) {
        count += wave.leftAfter()[t] == 0 ? 1 : 0;
      }
      return count;
    }

    @Override
    public void launch(Graphs graphs, Rows rows, List<RowsWork.Named> named) {
      graphs.runOthers(layer, rows);
    }
  }

  /** Lets tokens leave. */
  record Leave(int exitLayer, float threshold) implements Step {
    @Override
    public void launch(Graphs graphs, Rows rows, List<RowsWork.Named> named) {
      int[] gone = graphs.leave(exitLayer, threshold, rows);
      int at = 0;
      for (RowsWork.Named each : named) {
        int[] leftAfter = each.wave().leftAfter();
        for (int t = each.wave().start(each.row()); t < each.wave().end(each.row()) - 1; t++) {
          if (leftAfter[t] == 0 && gone[at++] != 0) {
            leftAfter[t] = exitLayer;
            each.work().ints()[t] = exitLayer;
          }
        }
      }
    }
  }

  /** Reads out an exit head with so many outputs. */
  record Read(int exitLayer, int outputs) implements Step {
    @Override
    public int most(Sizes sizes) {
      return Math.min(sizes.launchTokens(), sizes.scoreFloats() / outputs);
    }

    @Override
    public int tokens(Wave wave, int row) {
      return 1;
    }

    @Override
    public void launch(Graphs graphs, Rows rows, List<RowsWork.Named> named) {
      float[] scores = graphs.read(exitLayer, outputs, rows);
      for (int i = 0; i < named.size(); i++) {
        float[] to = named.get(i).work().floats();
        System.arraycopy(scores, i * outputs, to, named.get(i).index() * outputs, outputs);
      }
    }
  }

  /** Reads hidden states of so many floats. */
  record ReadStates(int width) implements Step {
    @Override
    public int most(Sizes sizes) {
      return sizes.stateTokens();
    }

    @Override
    public void launch(Graphs graphs, Rows rows, List<RowsWork.Named> named) {
      float[] states = graphs.readStates(rows);
      int at = 0;
      for (RowsWork.Named each : named) {
        int floats = each.wave().length(each.row()) * width;
        System.arraycopy(states, at, each.work().floats(), each.work().nextState(floats), floats);
        at += floats;
      }
    }
  }
}
