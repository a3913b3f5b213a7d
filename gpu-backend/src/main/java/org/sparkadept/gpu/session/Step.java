package org.sparkadept.gpu.session;

import java.util.List;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.gpu.graph.LaunchRows;
import org.sparkadept.gpu.graph.MemoryPlan;
import org.sparkadept.gpu.graph.ModelGraphs;
import org.sparkadept.gpu.session.StepRequest.RequestRow;
import org.sparkadept.gpu.session.StepRequest.Wave;

/**
 * A computation on rows. Equal steps can be executed in one launch with the rows of several waves,
 * as no row's result depends on the others. Layers count from 0.
 */
sealed interface Step {
  /** Largest number of tokens of a launch. */
  default int maxTokens(MemoryPlan memory) {
    return memory.launchTokens();
  }

  /** How many tokens of a row it computes. */
  default int tokens(Wave wave, int row) {
    return wave.rows().length(row);
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

  /** Runs layers for all tokens. */
  record RunLayers(int firstLayer, int endLayer) implements Step {
    @Override
    public void launch(ModelGraphs graphs, LaunchRows rows, List<RequestRow> requestRows) {
      for (int layer = firstLayer; layer < endLayer; layer++) {
        graphs.computeKeyValues(layer, rows, TokenExits.NONE);
        graphs.runAllTokens(layer, rows);
      }
    }
  }

  /**
   * Computes a layer's keys and values, and runs it for class tokens.
   *
   * @param tokenExits how tokens exit in layers up to this one
   */
  record RunClassTokens(int layer, TokenExits tokenExits) implements Step {
    @Override
    public void launch(ModelGraphs graphs, LaunchRows rows, List<RequestRow> requestRows) {
      graphs.computeKeyValues(layer, rows, tokenExits);
      graphs.runClassTokens(layer, rows, tokenExits.policies().containsKey(layer));
    }
  }

  /**
   * Runs a layer for the other active tokens.
   *
   * @param policy the layer's token policy, or null
   */
  record RunOtherTokens(int layer, TokenPolicy policy) implements Step {
    @Override
    public int tokens(Wave wave, int row) {
      int count = 0;
      for (int t = wave.rows().start(row); t < wave.rows().classToken(row); t++) {
        count += wave.exitLayers()[t] == 0 ? 1 : 0;
      }
      return count;
    }

    @Override
    public void launch(ModelGraphs graphs, LaunchRows rows, List<RequestRow> requestRows) {
      graphs.runOtherTokens(layer, rows, policy);
    }
  }

  /** Exits the tokens that the token policy selects. */
  record ExitTokens(int layer, float threshold) implements Step {
    @Override
    public void launch(ModelGraphs graphs, LaunchRows rows, List<RequestRow> requestRows) {
      int[] exited = graphs.exitTokens(layer, threshold, rows);
      int at = 0;
      for (RequestRow row : requestRows) {
        int[] exitLayers = row.wave().exitLayers();
        for (int t = row.start(); t < row.classToken(); t++) {
          if (exitLayers[t] == 0 && exited[at++] != 0) {
            exitLayers[t] = layer + 1;
            row.request().ints()[t] = layer + 1;
          }
        }
      }
    }
  }

  /**
   * Computes an exit head.
   *
   * @param head its weights
   */
  record ReadExit(LinearTensors head) implements Step {
    @Override
    public int maxTokens(MemoryPlan memory) {
      return memory.headRows(head.weight().rows());
    }

    @Override
    public int tokens(Wave wave, int row) {
      return 1;
    }

    @Override
    public void launch(ModelGraphs graphs, LaunchRows rows, List<RequestRow> requestRows) {
      float[] scores = graphs.exitScores(head, rows);
      int outputs = head.weight().rows();
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
      int tokens = 0;
      for (RequestRow row : requestRows) {
        tokens += row.length();
      }
      float[] states = graphs.hiddenStates(rows, tokens);
      int at = 0;
      for (RequestRow row : requestRows) {
        row.request().write(states, at, row.length() * width);
        at += row.length() * width;
      }
    }
  }
}
