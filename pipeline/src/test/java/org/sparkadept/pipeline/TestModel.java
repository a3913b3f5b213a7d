package org.sparkadept.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

/** A tiny model with exits after each of its three layers. */
public final class TestModel {
  private TestModel() {}

  /** Writes it to {@code folder/model}. */
  public static Path write(Path folder) throws IOException {
    return TinyCheckpoint.llama()
        .labels("no", "yes", "grün")
        .adept(TinyAdept.confidence(0.6, 1, 2, 3))
        .write(Files.createDirectory(folder.resolve("model")));
  }
}
