package org.sparkadept.decoder.compute;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.SortedMap;
import org.sparkadept.decoder.adept.ExitHeads;
import org.sparkadept.decoder.adept.ExitPolicies;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.exit.ExitOptions;
import org.sparkadept.decoder.exit.ExitPolicy;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ModelTensors;

/** A model directory loaded by a backend, and rows of random token ids to run through it. */
public record LoadedModel(
    ModelConfig config, ModelSource source, ComputeModel model, ComputeSession session)
    implements AutoCloseable {

  /** The same with weights in single precision. */
  public static LoadedModel open(Path directory, String backend, int maxTokens) throws IOException {
    DeviceOptions single = DeviceOptions.defaults().withPrecision(WeightPrecision.F32);
    return open(directory, backend, maxTokens, single);
  }

  /**
   * @param directory a model directory
   * @param backend a backend's name
   * @param maxTokens longest row
   * @param device what a backend on a device is told
   */
  public static LoadedModel open(
      Path directory, String backend, int maxTokens, DeviceOptions device) throws IOException {
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      ModelSource source = source(opened, maxTokens);
      ComputeModel model = ComputeBackends.choose(backend, device).load(source, device);
      return new LoadedModel(source.config(), source, model, model.open());
    }
  }

  /** What a backend loads, with the model's own exits; to be read while the directory is open. */
  public static ModelSource source(ModelDirectory opened, int maxTokens) throws IOException {
    ModelConfig config = opened.config();
    ModelTensors tensors = ModelTensors.of(config, opened.checkpoint());
    ExitOptions exit = ExitOptions.defaults();
    ExitPolicy policy = ExitPolicies.choose(opened, exit);
    SortedMap<Integer, LinearTensors> heads =
        ExitHeads.withScores(ExitHeads.of(opened, tensors), policy);
    TokenExits tokenExits = ExitPolicies.tokenExits(opened, tensors, policy, exit);
    return new ModelSource(config, tensors, heads, tokenExits, maxTokens);
  }

  /** Rows of random ids with these lengths. */
  public int[][] randomRows(Random random, int... lengths) {
    int[][] rows = new int[lengths.length][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = random.ints(lengths[i], 0, config.vocabulary()).toArray();
    }
    return rows;
  }

  /** Begins a wave of these rows. */
  public void begin(int[]... rows) {
    int[] starts = new int[rows.length + 1];
    for (int i = 0; i < rows.length; i++) {
      starts[i + 1] = starts[i] + rows[i].length;
    }
    int[] ids = new int[starts[rows.length]];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, ids, starts[i], rows[i].length);
    }
    session.begin(ids, starts);
  }

  /** Runs rows through layers and reads out the exit after them. */
  public float[][] advance(int firstLayer, int endLayer, int... rows) {
    session.run(firstLayer, endLayer, rows, 0, rows.length);
    return read(endLayer, rows);
  }

  /** Reads out an exit, {@code [rows][outputs]}. */
  public float[][] read(int exitLayer, int... rows) {
    int outputs = source.heads().get(exitLayer).weight().rows();
    float[] scores = new float[rows.length * outputs];
    session.readExit(exitLayer, rows, rows.length, scores);
    float[][] byRow = new float[rows.length][];
    for (int i = 0; i < rows.length; i++) {
      byRow[i] = Arrays.copyOfRange(scores, i * outputs, (i + 1) * outputs);
    }
    return byRow;
  }

  /** Runs rows through a layer, the class token first. */
  public void split(int layer, int... rows) {
    session.runClassTokens(layer, rows, 0, rows.length);
    session.runOtherTokens(layer, rows, 0, rows.length);
  }

  @Override
  public void close() {
    session.close();
    model.close();
  }
}
