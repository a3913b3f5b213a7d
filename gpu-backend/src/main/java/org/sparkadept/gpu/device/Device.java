package org.sparkadept.gpu.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.sparkadept.decoder.error.AdeptException;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.enums.TornadoVMBackendType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/**
 * A device of TornadoVM.
 *
 * @param number its number, counted from 0 over all backends of TornadoVM
 * @param name its driver's name for it
 * @param handle TornadoVM's device
 */
public record Device(int number, String name, TornadoDevice handle) {
  private static final String OPENCL_HALVES = "cl_khr_fp16";

  /** All devices, in TornadoVM's order. TornadoVM must be available. */
  public static List<Device> all() {
    List<Device> devices = new ArrayList<>();
    TornadoRuntime runtime = TornadoRuntimeProvider.getTornadoRuntime();
    for (int i = 0; i < runtime.getNumBackends(); i++) {
      TornadoBackend backend = runtime.getBackend(i);
      for (int j = 0; j < backend.getNumDevices(); j++) {
        TornadoDevice handle = backend.getDevice(j);
        String name = handle.getPhysicalDevice().getDeviceName();
        devices.add(new Device(devices.size(), name, handle));
      }
    }
    return devices;
  }

  /**
   * Finds a device.
   *
   * @param wanted its number, or a part of its name in any case; empty for the first
   * @throws AdeptException if there is no such device; the message lists all devices
   */
  public static Device find(String wanted) {
    List<Device> devices = all();
    String part = wanted.toLowerCase(Locale.ROOT);
    for (Device device : devices) {
      if (wanted.isEmpty()
          || wanted.equals(Integer.toString(device.number()))
          || (!isNumber(wanted) && device.name().toLowerCase(Locale.ROOT).contains(part))) {
        return device;
      }
    }
    if (devices.isEmpty()) {
      throw new AdeptException(
          "TornadoVM finds no device; check the driver (nvidia-smi, clinfo) and that TORNADOVM_HOME"
              + " names an SDK with the backend for it.");
    }
    throw new AdeptException(
        "spark.adept.gpu.device is '" + wanted + "', but TornadoVM's devices are " + devices + ".");
  }

  private static boolean isNumber(String text) {
    return text.chars().allMatch(Character::isDigit);
  }

  /** Whether it is a GPU, not a CPU behind OpenCL. */
  public boolean isGpu() {
    return handle.getDeviceType() == TornadoDeviceType.GPU;
  }

  /** Why it cannot read numbers in half precision; empty if it can. */
  public Optional<String> missingHalfPrecision() {
    return switch (handle.getTornadoVMBackend()) {
      case PTX, CUDA -> Optional.empty();
      case OPENCL ->
          handle.getPhysicalDevice().getDeviceInfo().contains(OPENCL_HALVES)
              ? Optional.empty()
              : Optional.of("the OpenCL driver of device " + this + " has no " + OPENCL_HALVES);
      default -> Optional.of("half precision is not used on TornadoVM's backend of device " + this);
    };
  }

  /** Why the kernels cannot use tensor cores on its backend; empty if they can. */
  public Optional<String> missingTensorCores() {
    return isPtx()
        ? Optional.empty()
        : Optional.of(
            "device "
                + this
                + " is of TornadoVM's backend "
                + handle.getTornadoVMBackend()
                + ", and they are used on PTX only");
  }

  /**
   * Memory that TornadoVM may use, in bytes: that of the device (on PTX, what was free when
   * TornadoVM started), or {@code tornado.device.memory} if that is less.
   */
  public long memory() {
    long available = isPtx() ? handle.getMaxAllocMemory() : handle.getMaxGlobalMemory();
    return Math.min(available, handle.getMemoryProvider().getHeapSize());
  }

  private boolean isPtx() {
    return handle.getTornadoVMBackend() == TornadoVMBackendType.PTX;
  }

  /** Largest array, in bytes. */
  public long largestArray() {
    return handle.getMaxAllocMemory();
  }

  @Override
  public String toString() {
    return number + ": " + name;
  }
}
