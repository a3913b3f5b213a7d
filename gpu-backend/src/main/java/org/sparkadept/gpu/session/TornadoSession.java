package org.sparkadept.gpu.session;

import java.util.Arrays;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.gpu.session.StepRequest.Wave;

/** A session: one wave at a time in the arena. All work is done on the device's thread. */
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
    wave = new Wave(model.arena().allocate(tokens), rowStarts, new int[tokens]);
    int[] rows = new int[rowStarts.length - 1];
    Arrays.setAll(rows, row -> row);
    execute(new Step.Embed(), rows, tokenIds, null);
  }

  @Override
  public void run(int firstLayer, int endLayer, int[] rows, int from, int to) {
    execute(
        new Step.RunLayers(firstLayer, endLayer), Arrays.copyOfRange(rows, from, to), null, null);
  }

  @Override
  public void runClassTokens(int layer, int[] rows, int from, int to) {
    execute(new Step.RunClassTokens(layer), Arrays.copyOfRange(rows, from, to), null, null);
  }

  @Override
  public void runOtherTokens(int layer, int[] rows, int from, int to) {
    execute(new Step.RunOtherTokens(layer), Arrays.copyOfRange(rows, from, to), null, null);
  }

  @Override
  public void readExit(int exitLayer, int[] rows, int count, float[] scores) {
    Step read = new Step.ReadExit(exitLayer, model.outputs(exitLayer));
    execute(read, Arrays.copyOf(rows, count), null, scores);
  }

  @Override
  public void exitTokens(
      int exitLayer, float threshold, int[] rows, int from, int to, int[] exitLayers) {
    Step exit = new Step.ExitTokens(exitLayer, threshold);
    execute(exit, Arrays.copyOfRange(rows, from, to), exitLayers, null);
  }

  @Override
  public void readStates(int[] rows, int count, float[] states) {
    execute(new Step.ReadStates(model.width()), Arrays.copyOf(rows, count), null, states);
  }

  private void execute(Step step, int[] rows, int[] ints, float[] floats) {
    if (rows.length > 0) {
      model.thread().execute(new StepRequest(model, step, wave, rows, ints, floats));
    }
  }

  @Override
  public void end() {
    if (wave != null) {
      model.arena().release(wave.firstSlot(), wave.tokens());
      wave = null;
    }
  }

  @Override
  public void close() {
    end();
  }
}
