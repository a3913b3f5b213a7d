package org.sparkadept.udfs.classify;

import java.util.Map;
import org.apache.spark.TaskContext;
import org.apache.spark.resource.ResourceInformation;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.compute.DeviceOptions;

/** The GPU that Spark assigned, for options that name none. */
public final class AssignedGpu {
  private static final String GPU = "gpu";

  private AssignedGpu() {}

  /**
   * @param options how the decoder runs
   * @param resources what Spark assigned, by name
   * @return the same on the GPU whose address Spark assigned, unless the options name a device or
   *     there is none
   */
  public static DecoderOptions of(
      DecoderOptions options, Map<String, ResourceInformation> resources) {
    ResourceInformation gpu = resources.get(GPU);
    DeviceOptions device = options.device();
    if (gpu == null || gpu.addresses().length == 0 || !device.device().isEmpty()) {
      return options;
    }
    return options.withDevice(device.withDevice(gpu.addresses()[0]));
  }

  /** The same with the resources of the task that this thread runs, if it runs one. */
  static DecoderOptions ofThisTask(DecoderOptions options) {
    TaskContext task = TaskContext.get();
    return task == null ? options : of(options, task.resourcesJMap());
  }
}
