package org.sparkadept.benchmarks.real;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.fs.FileUtil;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.decoder.adept.AdeptWriter;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelFiles;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * A checkpoint that classifies without having learned to: links to its files, and beside them one
 * exit head of zeros after its last layer, with the policy {@code none}. It costs what a classifier
 * of full depth does.
 */
final class ZeroHead {
  private ZeroHead() {}

  /**
   * Makes the directory, in place of one that is there.
   *
   * @param checkpoint a Hugging Face directory
   * @param directory to make
   * @param labels label names
   * @return the shape of the checkpoint
   */
  static ModelConfig write(Path checkpoint, Path directory, List<String> labels)
      throws IOException {
    FileUtil.fullyDelete(directory.toFile());
    Files.createDirectories(directory);
    for (Path file : ModelFiles.of(checkpoint)) {
      String name = file.getFileName().toString();
      if (!name.equals(AdeptFormat.JSON_FILE) && !name.equals(AdeptFormat.TENSOR_FILE)) {
        Files.createSymbolicLink(directory.resolve(name), file.toRealPath());
      }
    }
    try (ModelDirectory backbone = ModelDirectory.openBackbone(directory)) {
      ModelConfig config = backbone.config();
      new AdeptWriter(labels, new int[] {config.layers()}, PolicyKind.NONE, Float.NaN)
          .head(
              config.layers(),
              ExitHead.Input.CLASS_TOKEN,
              new float[labels.size() * config.width()],
              new float[labels.size()])
          .write(directory);
      return config;
    }
  }
}
