package org.sparkadept.udfs.classify;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/** Tells the versions of a model directory apart, without reading its files. */
final class ModelVersion {
  private static final List<String> FILES =
      List.of(
          "adept.json",
          "adept.safetensors",
          "config.json",
          "tokenizer.json",
          "model.safetensors",
          "model.safetensors.index.json");

  private ModelVersion() {}

  /** Another text for other files: by their identity, size and time of change. */
  static String of(Path directory) {
    StringBuilder version = new StringBuilder();
    for (String name : FILES) {
      version.append(file(directory.resolve(name))).append(' ');
    }
    return version.toString();
  }

  private static String file(Path file) {
    try {
      BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
      return facts.fileKey() + ":" + facts.size() + ":" + facts.lastModifiedTime();
    } catch (IOException e) {
      return "none";
    }
  }
}
