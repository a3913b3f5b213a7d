package org.sparkadept.gpu.session;

import java.util.List;
import org.sparkadept.gpu.graph.LaunchRows;
import org.sparkadept.gpu.graph.MemoryPlan;
import org.sparkadept.gpu.graph.ModelGraphs;
import org.sparkadept.gpu.session.StepRequest.RequestRow;
import org.sparkadept.gpu.session.StepRequest.Wave;

/**
 * A computation on rows. Equal steps can be executed in one launch with the rows of several waves,
 * as no row's result depends on the others.
 */
sealed interface Step {
  /** Largest number of tokens of a launch. */
  default int maxTokens(MemoryPlan memory) {
    return memory.launchTokens();
  }

  /** How many tokens of a row it computes. */
  default int tokens(Wave wave, int row) {
    return wave.length(row);
  }

  /**
   * Launches the step.
   *
   * @param rows the rows
   * @param requestRows the same rows with their requests
   */
  void launch(ModelGraphs graphs, LaunchRows rows, List<RequestRow> requestRows);

  /** Embeds tokens. */
  record Embed() implements Step {
    @Override
    public void launch(ModelGraphs graphs, LaunchRows rows, List<RequestRow> requestRows) {
      int count = 0;
      for (RequestRow row : requestRows) {
        count += row.length();
      }
      int[] ids = new int[count];
      int at = 0;
      for (RequestRow row : requestRows) {
        System.arraycopy(row.request().ints(), row.start(), ids, at, row.length());
        at += row.length();
      }
      graphs.embed(rows, ids);
    }
  }

  /** Runs layers, counted from 0, for all tokens. */
  record RunLayers(int firstLayer, int endLayer) implements Step {
    @Override
    public void launch(ModelGraphs graphs, LaunchRows rows, List<RequestRow> requestRows) {
      for (int layer = firstLayer; layer < endLayer; layer++) {
        graphs.computeKeyValues(layer, rows);
        graphs.runAllTokens(layer, rows);
      }
    }
  }

  /** Computes a layer's keys and values, and runs it for class tokens. */
  record RunClassTokens(int layer) implements Step {
    @Override
    public void launch(ModelGraphs graphs, LaunchRows rows, List<RequestRow> requestRows) {
      graphs.computeKeyValues(layer, rows);
      graphs.runClassTokens(layer, rows);
    }
  }

  /** Runs a layer for the other active tokens. */
  record RunOtherTokens(int layer) implements Step {
    @Override
    public int tokens(Wave wave, int row) {
      int count = 0;
      for (int t = wave.start(row); t < wave.end(row) - 1; t++) {
        count += wave.exitLayers()[t] == 0 ? 1 : 0;
      }
      return count;
    }

    @Override
    public void launch(ModelGraphs graphs, LaunchRows rows, List<RequestRow> requestRows) {
      graphs.runOtherTokens(layer, rows);
    }
  }

  /** Exits the tokens that the token policy selects. */
  record ExitTokens(int exitLayer, float threshold) implements Step {
    @Override
    public void launch(ModelGraphs graphs, LaunchRows rows, List<RequestRow> requestRows) {
      int[] exited = graphs.exitTokens(exitLayer, threshold, rows);
      int at = 0;
      for (RequestRow row : requestRows) {
        int[] exitLayers = row.wave().exitLayers();
        for (int t = row.start(); t < row.classToken(); t++) {
          if (exitLayers[t] == 0 && exited[at++] != 0) {
            exitLayers[t] = exitLayer;
            row.request().ints()[t] = exitLayer;
          }
        }
      }
    }
  }

  /** Computes an exit head. */
  record ReadExit(int exitLayer, int outputs) implements Step {
    @Override
    public int maxTokens(MemoryPlan memory) {
      return Math.min(memory.launchTokens(), memory.scoreFloats() / outputs);
    }

    @Override
    public int tokens(Wave wave, int row) {
      return 1;
    }

    @Override
    public void launch(ModelGraphs graphs, LaunchRows rows, List<RequestRow> requestRows) {
      float[] scores = graphs.exitScores(exitLayer, outputs, rows);
      int at = 0;
      for (RequestRow row : requestRows) {
        row.request().write(scores, at, outputs);
        at += outputs;
      }
    }
  }

  /** Reads hidden states of {@code width} floats. */
  record ReadStates(int width) implements Step {
    @Override
    public int maxTokens(MemoryPlan memory) {
      return memory.stateTokens();
    }

    @Override
    public void launch(ModelGraphs graphs, LaunchRows rows, List<RequestRow> requestRows) {
      float[] states = graphs.hiddenStates(rows);
      int at = 0;
      for (RequestRow row : requestRows) {
        row.request().write(states, at, row.length() * width);
        at += row.length() * width;
      }
    }
  }
}
