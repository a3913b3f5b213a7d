package org.sparkadept.udfs.sharing;

import java.nio.file.Files;
import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.sparkadept.decoder.adept.ModelFiles;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * What a loaded model is shared by: borrowers with equal keys get the same one.
 *
 * @param source what it is read from on this machine
 * @param version of a local directory; that of a remote model is part of its path, and empty here
 * @param options where and in which precision it is computed
 */
public record ModelKey(ModelSource source, String version, ComputeOptions options) {
  private static final String GPU = "gpu";

  /**
   * The key of a model as it is now, which is fetched if it is remote; on the GPU that Spark
   * assigned to this thread's task, unless the options name one.
   *
   * @throws org.sparkadept.decoder.error.AdeptException if the model is not there, or cannot be
   *     fetched
   */
  static ModelKey of(ModelLocation model, ComputeOptions options) {
    ModelSource source = model.fetchedSource();
    TaskContext task = TaskContext.get();
    return new ModelKey(
        source,
        model.isRemote() ? "" : ModelFiles.version(source),
        task == null ? options : onAssignedGpu(options, task.resourcesJMap()));
  }

  /** Whether the directory is there and still the version that was loaded. */
  boolean isCurrent() {
    return version.isEmpty()
        ? Files.isDirectory(source.directory())
        : version.equals(ModelFiles.version(source));
  }

  /**
   * Selects the GPU that Spark assigned.
   *
   * @param resources what Spark assigned, by name
   * @return the options with the address of the assigned GPU; unchanged if they name a device, or
   *     if no GPU was assigned
   */
  public static ComputeOptions onAssignedGpu(
      ComputeOptions options, Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get(GPU);
    if (gpu == null || gpu.addresses().length == 0 || !options.device().device().isEmpty()) {
      return options;
    }
    return options.withDevice(gpu.addresses()[0]);
  }
}
