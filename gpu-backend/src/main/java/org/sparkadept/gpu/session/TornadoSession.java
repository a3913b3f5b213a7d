package org.sparkadept.gpu.session;

import java.util.Arrays;
import java.util.List;
import org.sparkadept.decoder.compute.PrefillSession;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.model.Formulas;
import org.sparkadept.gpu.session.StepRequest.Wave;

/** A session: one wave at a time in the arena. All work is done on the device's thread. */
final class TornadoSession implements PrefillSession {
  private final TornadoModel model;
  private Wave wave;
  private TokenExits tokenExits = TokenExits.NONE;

  TornadoSession(TornadoModel model) {
    this.model = model;
  }

  @Override
  public void begin(TokenRows rows, TokenExits exits) {
    end();
    tokenExits = exits;
    if (rows.size() > 0) {
      model.requireLayers(1);
      int tokens = rows.tokens();
      wave = new Wave(model.arena().allocate(tokens), rows, new int[tokens]);
      execute(new Step.Embed(), RowSet.all(rows.size()), rows.ids(), null);
    }
  }

  @Override
  public void run(int firstLayer, int endLayer, RowSet rows) {
    model.requireLayers(endLayer);
    execute(new Step.RunLayers(firstLayer, endLayer), rows, null, null);
  }

  /** Where no token can have exited, waves with other token exits are computed together. */
  @Override
  public void runClassTokens(int layer, RowSet rows) {
    model.requireLayers(layer + 1);
    TokenExits exits = layer < tokenExits.first() ? TokenExits.NONE : tokenExits;
    model.requireMaps(exits, layer, layer + 1);
    execute(new Step.RunClassTokens(layer, exits), rows, null, null);
  }

  @Override
  public void runOtherTokens(int layer, RowSet rows) {
    execute(new Step.RunOtherTokens(layer, tokenExits.policies().get(layer)), rows, null, null);
  }

  @Override
  public void readExit(ExitHead head, RowSet rows, float[] scores) {
    model.requireHeads(List.of(TornadoModel.requireComputable(head).weights()));
    execute(new Step.ReadExit(head.weights()), rows, null, scores);
  }

  /** No head that the backend computes reads the mean, so nothing is kept for it. */
  @Override
  public void averageTokens(RowSet rows) {}

  @Override
  public void readHeadInputs(ExitHead.Input input, RowSet rows, float[] inputs) {
    if (input != ExitHead.Input.CLASS_TOKEN) {
      throw new AdeptException(
          "The compute backend 'tornadovm' cannot average tokens; fit with headInput"
              + " (--head-input) class_token, or with the backend cpu.");
    }
    int width = model.config().width();
    for (int i = 0; i < rows.size(); i++) {
      float[] states = new float[wave.rows().length(rows.row(i)) * width];
      readStates(rows.range(i, i + 1), states);
      float[] last = Arrays.copyOfRange(states, states.length - width, states.length);
      float[] x = Formulas.norm(model.config().norms(), model.tensors().finalNorm(), last);
      System.arraycopy(x, 0, inputs, i * width, width);
    }
  }

  @Override
  public void exitTokens(int layer, RowSet rows, int[] exitLayers) {
    execute(new Step.ExitTokens(layer, tokenExits.threshold()), rows, exitLayers, null);
  }

  @Override
  public void readStates(RowSet rows, float[] states) {
    execute(new Step.ReadStates(model.width()), rows, null, states);
  }

  private void execute(Step step, RowSet rows, int[] ints, float[] floats) {
    if (rows.size() > 0) {
      model.thread().execute(new StepRequest(model, step, wave, rows, ints, floats));
    }
  }

  @Override
  public void end() {
    if (wave != null) {
      model.arena().release(wave.firstSlot(), wave.rows().tokens());
      wave = null;
    }
  }

  @Override
  public void close() {
    end();
  }
}
