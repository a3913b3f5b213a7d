package org.sparkadept.udfs.sharing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.udfs.model.ModelLocation;

class ModelKeyTest {
  private static final ComputeOptions OPTIONS = ComputeOptions.defaults();

  @TempDir private Path folder;

  private static Map<String, ResourceInformation> assigned(String name, String... addresses) {
    return Map.of(name, new ResourceInformation(name, addresses));
  }

  @Test
  void theGpuThatSparkAssignedIsTaken() {
    ComputeOptions found = ModelKey.onAssignedGpu(OPTIONS, assigned("gpu", "2", "3"));

    assertEquals("2", found.device().device());
    assertEquals(OPTIONS, found.withDevice(""));
  }

  @Test
  void whatElseIsSaidOfTheDeviceStays() {
    ComputeOptions other =
        OPTIONS
            .withWaveBytes(1 << 20)
            .withPrecision(ComputeOptions.Precision.F32)
            .withTensorCores(ComputeOptions.TensorCores.FALSE);
    ComputeOptions found = ModelKey.onAssignedGpu(other, assigned("gpu", "2"));

    assertEquals(other.withDevice("2"), found);
  }

  @Test
  void aDeviceThatIsNamedStays() {
    ComputeOptions named = OPTIONS.withDevice("H100");

    assertEquals(named, ModelKey.onAssignedGpu(named, assigned("gpu", "2")));
  }

  @Test
  void withoutAGpuNothingChanges() {
    assertEquals(OPTIONS, ModelKey.onAssignedGpu(OPTIONS, Map.of()));
    assertEquals(OPTIONS, ModelKey.onAssignedGpu(OPTIONS, assigned("fpga", "0")));
    assertEquals(OPTIONS, ModelKey.onAssignedGpu(OPTIONS, assigned("gpu")));
    assertEquals(OPTIONS, ModelKey.of(ModelLocation.local(folder), OPTIONS).options());
  }
}
