package org.sparkadept.gpu.session;

import java.util.Arrays;
import org.sparkadept.decoder.compute.ComputeSession;

/** A session: its wave's place in the arena. All work is done by the device's thread. */
final class TornadoSession implements ComputeSession {
  private final TornadoModel model;
  private Wave wave;

  TornadoSession(TornadoModel model) {
    this.model = model;
  }

  @Override
  public void begin(int[] tokenIds, int[] rowStarts) {
    end();
    int tokens = rowStarts[rowStarts.length - 1];
    if (tokens == 0) {
      return;
    }
    wave = new Wave(model.arena().lend(tokens), rowStarts, new int[tokens]);
    int[] rows = new int[rowStarts.length - 1];
    Arrays.setAll(rows, row -> row);
    execute(new Step.Embed(), rows, tokenIds, null);
  }

  @Override
  public void run(int firstLayer, int endLayer, int[] rows, int from, int to) {
    execute(new Step.Run(firstLayer, endLayer), Arrays.copyOfRange(rows, from, to), null, null);
  }

  @Override
  public void runClassTokens(int layer, int[] rows, int from, int to) {
    execute(new Step.RunClassTokens(layer), Arrays.copyOfRange(rows, from, to), null, null);
  }

  @Override
  public void runOtherTokens(int layer, int[] rows, int from, int to) {
    execute(new Step.RunOthers(layer), Arrays.copyOfRange(rows, from, to), null, null);
  }

  @Override
  public void readExit(int exitLayer, int[] rows, int count, float[] scores) {
    Step read = new Step.Read(exitLayer, model.outputs(exitLayer));
    execute(read, Arrays.copyOf(rows, count), null, scores);
  }

  @Override
  public void exitTokens(
      int exitLayer, float threshold, int[] rows, int from, int to, int[] exitLayers) {
    Step leave = new Step.Leave(exitLayer, threshold);
    execute(leave, Arrays.copyOfRange(rows, from, to), exitLayers, null);
  }

  @Override
  public void readStates(int[] rows, int count, float[] states) {
    execute(new Step.ReadStates(model.width()), Arrays.copyOf(rows, count), null, states);
  }

  private void execute(Step step, int[] rows, int[] ints, float[] floats) {
    if (rows.length > 0) {
      model.thread().execute(new RowsWork(model, step, wave, rows, ints, floats));
    }
  }

  @Override
  public void end() {
    if (wave != null) {
      model.arena().takeBack(wave.place(), wave.tokens());
      wave = null;
    }
  }

  @Override
  public void close() {
    end();
  }
}
