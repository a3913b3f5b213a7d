package org.sparkadept.pipeline.ml;

import java.nio.file.Path;
import java.util.UUID;
import org.apache.spark.util.ShutdownHookManager;
import org.sparkadept.pipeline.output.WorkFolder;

/** Directories of models that nobody named; they are deleted when the driver's JVM ends. */
final class TemporaryModels {
  private TemporaryModels() {}

  /**
   * Names a directory that is not there yet.
   *
   * @param folder where it is to be made; empty for {@code java.io.tmpdir}
   * @param name the start of its name
   */
  static Path directory(String folder, String name) {
    Path parent = Path.of(folder.isEmpty() ? System.getProperty("java.io.tmpdir") : folder);
    Path directory = parent.resolve(name + "-" + UUID.randomUUID()).toAbsolutePath();
    ShutdownHookManager.registerShutdownDeleteDir(directory.toFile());
    ShutdownHookManager.registerShutdownDeleteDir(WorkFolder.of(directory, "fit").toFile());
    return directory;
  }
}
