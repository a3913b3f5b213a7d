package org.sparkadept.udfs.classify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.apache.spark.resource.ResourceInformation;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.compute.DeviceOptions;
import org.sparkadept.decoder.compute.TensorCores;
import org.sparkadept.decoder.compute.WeightPrecision;

class AssignedGpuTest {
  private static final DecoderOptions OPTIONS = DecoderOptions.defaults();

  private static Map<String, ResourceInformation> assigned(String name, String... addresses) {
    return Map.of(name, new ResourceInformation(name, addresses));
  }

  @Test
  void theGpuThatSparkAssignedIsTaken() {
    DecoderOptions found = AssignedGpu.of(OPTIONS, assigned("gpu", "2", "3"));

    assertEquals("2", found.device().device());
    assertEquals(OPTIONS, found.withDevice(OPTIONS.device()));
  }

  @Test
  void whatElseIsSaidOfTheDeviceStays() {
    DeviceOptions said = new DeviceOptions("", 1 << 20, WeightPrecision.F32, TensorCores.FALSE);
    DecoderOptions found = AssignedGpu.of(OPTIONS.withDevice(said), assigned("gpu", "2"));

    assertEquals(said.withDevice("2"), found.device());
  }

  @Test
  void aDeviceThatIsNamedStays() {
    DecoderOptions named = OPTIONS.withDevice(DeviceOptions.defaults().withDevice("H100"));

    assertEquals(named, AssignedGpu.of(named, assigned("gpu", "2")));
  }

  @Test
  void withoutAGpuNothingChanges() {
    assertEquals(OPTIONS, AssignedGpu.of(OPTIONS, Map.of()));
    assertEquals(OPTIONS, AssignedGpu.of(OPTIONS, assigned("fpga", "0")));
    assertEquals(OPTIONS, AssignedGpu.of(OPTIONS, assigned("gpu")));
    assertEquals(OPTIONS, AssignedGpu.ofThisTask(OPTIONS));
  }
}
