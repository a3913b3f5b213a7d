package org.sparkadept.udfs.sharing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.compute.DeviceOptions;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * What a loaded model is shared by: borrowers with equal keys get the same one.
 *
 * @param directory the model's directory on this machine
 * @param version of a local directory; that of a remote model is part of its path, and empty here
 * @param options how the model is loaded and run
 */
public record ModelKey(Path directory, String version, DecoderOptions options) {
  private static final String GPU = "gpu";
  private static final List<String> FILES =
      List.of(
          "adept.json",
          "adept.safetensors",
          "config.json",
          "tokenizer.json",
          "model.safetensors",
          "model.safetensors.index.json");

  /**
   * The key of a model as it is now, which is fetched if it is remote; on the GPU that Spark
   * assigned to this thread's task, unless the options name one.
   *
   * @throws org.sparkadept.decoder.error.AdeptException if the model is not there, or cannot be
   *     fetched
   */
  static ModelKey of(ModelLocation model, DecoderOptions options) {
    Path directory = model.fetched();
    TaskContext task = TaskContext.get();
    return new ModelKey(
        directory,
        model.isRemote() ? "" : version(directory),
        task == null ? options : onAssignedGpu(options, task.resourcesJMap()));
  }

  /** Whether the directory is there and still the version that was loaded. */
  boolean isCurrent() {
    return version.isEmpty() ? Files.isDirectory(directory) : version.equals(version(directory));
  }

  /**
   * Selects the GPU that Spark assigned.
   *
   * @param resources what Spark assigned, by name
   * @return the options with the address of the assigned GPU; unchanged if they name a device, or
   *     if no GPU was assigned
   */
  public static DecoderOptions onAssignedGpu(
      DecoderOptions options, Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get(GPU);
    DeviceOptions device = options.device();
    if (gpu == null || gpu.addresses().length == 0 || !device.device().isEmpty()) {
      return options;
    }
    return options.withDevice(device.withDevice(gpu.addresses()[0]));
  }

  /** Identifies the files of a directory by identity, size and time of change, without reading. */
  private static String version(Path directory) {
    StringBuilder version = new StringBuilder();
    for (String name : FILES) {
      version.append(fileVersion(directory.resolve(name))).append(' ');
    }
    return version.toString();
  }

  private static String fileVersion(Path file) {
    try {
      BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
      return facts.fileKey() + ":" + facts.size() + ":" + facts.lastModifiedTime();
    } catch (IOException e) {
      return "none";
    }
  }
}
