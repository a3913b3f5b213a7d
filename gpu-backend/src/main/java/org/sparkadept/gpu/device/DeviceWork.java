package org.sparkadept.gpu.device;

import java.util.List;

/** Something that a device is to do. */
public interface DeviceWork {
  /** Whether both may be done in one go. */
  boolean joins(DeviceWork other);

  /**
   * Does it; on the device's thread.
   *
   * @param joined this work and what joins it
   */
  void run(List<DeviceWork> joined);
}
