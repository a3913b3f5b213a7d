package org.sparkadept.decoder.compute;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.SortedMap;
import org.sparkadept.decoder.checkpoint.ModelDirectory;
import org.sparkadept.decoder.exit.ExitHeads;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;

/** A model directory loaded by a backend, and rows of random token ids to run through it. */
public record LoadedModel(
    ModelConfig config, int labels, ComputeModel model, ComputeSession session)
    implements AutoCloseable {

  /**
   * @param directory a model directory
   * @param backend a backend's name
   * @param maxTokens longest row
   */
  public static LoadedModel open(Path directory, String backend, int maxTokens) throws IOException {
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      ModelConfig config = opened.config();
      ModelTensors tensors = ModelTensors.of(config, opened.checkpoint());
      SortedMap<Integer, LinearTensors> heads = ExitHeads.of(opened, tensors);
      ComputeModel model =
          ComputeBackends.choose(backend).load(new ModelSource(config, tensors, heads, maxTokens));
      int labels = heads.get(heads.lastKey()).weight().rows();
      return new LoadedModel(config, labels, model, model.open());
    }
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
    float[] logits = new float[rows.length * labels];
    session.readExit(endLayer, rows, rows.length, logits);
    float[][] byRow = new float[rows.length][labels];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(logits, i * labels, byRow[i], 0, labels);
    }
    return byRow;
  }

  @Override
  public void close() {
    session.close();
    model.close();
  }
}
