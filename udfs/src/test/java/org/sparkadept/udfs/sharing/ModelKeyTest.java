package org.sparkadept.udfs.sharing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.compute.DeviceOptions;
import org.sparkadept.decoder.compute.TensorCores;
import org.sparkadept.decoder.compute.WeightPrecision;
import org.sparkadept.udfs.model.ModelLocation;

class ModelKeyTest {
  private static final DecoderOptions OPTIONS = DecoderOptions.defaults();

  @TempDir private Path folder;

  private static Map<String, ResourceInformation> assigned(String name, String... addresses) {
    return Map.of(name, new ResourceInformation(name, addresses));
  }

  @Test
  void theGpuThatSparkAssignedIsTaken() {
    DecoderOptions found = ModelKey.onAssignedGpu(OPTIONS, assigned("gpu", "2", "3"));

    assertEquals("2", found.device().device());
    assertEquals(OPTIONS, found.withDevice(OPTIONS.device()));
  }

  @Test
  void whatElseIsSaidOfTheDeviceStays() {
    DeviceOptions said = new DeviceOptions("", 1 << 20, WeightPrecision.F32, TensorCores.FALSE);
    DecoderOptions found = ModelKey.onAssignedGpu(OPTIONS.withDevice(said), assigned("gpu", "2"));

    assertEquals(said.withDevice("2"), found.device());
  }

  @Test
  void aDeviceThatIsNamedStays() {
    DecoderOptions named = OPTIONS.withDevice(DeviceOptions.defaults().withDevice("H100"));

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
