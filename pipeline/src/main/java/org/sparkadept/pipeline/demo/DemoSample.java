package org.sparkadept.pipeline.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Some hundreds of short encyclopedic texts that were written for this project, about invented or
 * generic things, evenly over the 14 classes of the demo model. JSON lines: {@code id}, {@code
 * topic} (the class that the writer meant), {@code text}.
 */
public final class DemoSample {
  /** Where the sample lies on the class path. */
  public static final String RESOURCE = "/org/sparkadept/pipeline/demo/sample.jsonl";

  /** Column with the class that the writer meant. */
  public static final String TOPIC = "topic";

  /** Column with the text. */
  public static final String TEXT = "text";

  private DemoSample() {}

  /**
   * Writes the sample as a file of JSON lines.
   *
   * @param file the file to be made or replaced
   */
  public static void copyTo(Path file) {
    try (InputStream in = DemoSample.class.getResourceAsStream(RESOURCE)) {
      Files.write(file, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("The sample cannot be written to " + file, e);
    }
  }
}
