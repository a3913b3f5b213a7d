package org.sparkadept.pipeline;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

/** Tiny models of three layers and three labels. */
public final class TestModel {
  /** The labels of every test model. */
  public static final List<String> LABELS = List.of("no", "yes", "grün");

  private TestModel() {}

  /** The label of a row of a table with labels. */
  public static String label(int row) {
    return LABELS.get(row % LABELS.size());
  }

  /** A checkpoint with the labels and without exits, not yet written. */
  public static TinyCheckpoint checkpoint() {
    return TinyCheckpoint.llama().labels(LABELS.toArray(new String[0]));
  }

  /** Writes a model with exits after each layer to {@code folder/model}. */
  public static Path write(Path folder) throws IOException {
    return write(folder, TinyAdept.confidence(0.6, 1, 2, 3));
  }

  /** Writes a model to {@code folder/model}. */
  public static Path write(Path folder, TinyAdept adept) throws IOException {
    return checkpoint().adept(adept).write(folder.resolve("model"));
  }
}
