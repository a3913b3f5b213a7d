package org.sparkadept.decoder.compute;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import org.sparkadept.decoder.adept.FittedExits;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;

/** A model directory loaded by a backend, and rows of random token ids to run through it. */
public record BackendModel(
    ModelDirectory directory,
    SortedMap<Integer, ExitHead> heads,
    TokenExits tokenExits,
    ComputeModel model,
    PrefillSession session)
    implements AutoCloseable {

  /** With weights in single precision. */
  public static BackendModel open(Path directory, String backend) throws IOException {
    return open(
        directory, ComputeOptions.defaults().withBackend(backend).withPrecision(Precision.F32));
  }

  /** With the model's own exits. */
  public static BackendModel open(Path directory, ComputeOptions options) throws IOException {
    return open(ModelSource.of(directory), options);
  }

  /** With the model's own exits, and an adapter where the source names one. */
  public static BackendModel open(ModelSource source, ComputeOptions options) throws IOException {
    ModelDirectory opened = ModelDirectory.open(source);
    ModelTensors tensors = opened.tensors();
    FittedExits exits = new FittedExits(opened, tensors);
    ExitPolicy policy = exits.policy(PolicyKind.MODEL, Float.NaN);
    SortedMap<Integer, ExitHead> heads = exits.heads(policy);
    TokenExits tokenExits =
        policy.early() ? exits.tokenExits(TokenExitKind.MODEL) : TokenExits.NONE;
    ComputeModel model =
        ComputeBackends.choose(options, opened.config().features()).load(tensors, options);
    model.prepare(heads.lastKey() + 1, List.copyOf(heads.values()), tokenExits);
    return new BackendModel(opened, heads, tokenExits, model, model.openPrefill());
  }

  /** The shape of the model. */
  public ModelConfig config() {
    return directory.config();
  }

  /** Rows of random ids with these lengths. */
  public int[][] randomRows(Random random, int... lengths) {
    int[][] rows = new int[lengths.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = random.ints(lengths[i], 0, config().vocabulary()).toArray();
    }
    return rows;
  }

  /** Begins a wave of these rows, with the model's token exits. */
  public void begin(int[]... rows) {
    begin(tokenExits, rows);
  }

  /** Begins a wave of these rows. */
  public void begin(TokenExits exits, int[]... rows) {
    int[] starts = new int[rows.length + 1];
    for (int i = 0; i < rows.length; i++) {
      starts[i + 1] = starts[i] + rows[i].length;
    }
    int[] ids = new int[starts[rows.length]];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, ids, starts[i], rows[i].length);
    }
    session.begin(new TokenRows(ids, starts), exits);
  }

  /** These rows of the wave. */
  public static RowSet set(int... rows) {
    return RowSet.first(rows, rows.length);
  }

  /** Runs rows through layers and reads out the exit after them. */
  public float[][] advance(int firstLayer, int endLayer, int... rows) {
    if (endLayer - 1 > firstLayer) {
      session.run(firstLayer, endLayer - 1, set(rows));
    }
    average(endLayer - 1, set(rows));
    session.run(endLayer - 1, endLayer, set(rows));
    return read(endLayer, rows);
  }

  /** Averages the tokens before a layer, from 0, where the head after it reads that. */
  public void average(int layer, RowSet rows) {
    ExitHead head = heads.get(layer);
    if (head != null && head.input() == ExitHead.Input.CLASS_TOKEN_AND_MEAN) {
      session.averageTokens(rows);
    }
  }

  /** Reads out an exit, from 1, {@code [rows][outputs]}. */
  public float[][] read(int exitLayer, int... rows) {
    ExitHead head = heads.get(exitLayer - 1);
    int outputs = head.outputs();
    float[] scores = new float[rows.length * outputs];
    session.readExit(head, set(rows), scores);
    float[][] byRow = new float[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      byRow[i] = Arrays.copyOfRange(scores, i * outputs, (i + 1) * outputs);
    }
    return byRow;
  }

  /** Runs rows through a layer, the class token first. */
  public void split(int layer, int... rows) {
    average(layer, set(rows));
    session.runClassTokens(layer, set(rows));
    session.runOtherTokens(layer, set(rows));
  }

  @Override
  public void close() {
    session.close();
    model.close();
    directory.close();
  }
}
