package org.sparkadept.decoder.compute;

import java.io.Serializable;
import org.sparkadept.decoder.error.AdeptException;

/**
 * What a backend on an accelerator is told; backends on the CPU have no use for it.
 *
 * @param device which device: its number as the backend lists them, or a part of its name; empty is
 *     the first
 * @param waveBytes memory of the device, in bytes, for hidden states, keys and values of the waves
 *     that are worked on at one time
 * @param precision how the weights of matrices are held
 * @param tensorCores whether matrices are multiplied on tensor cores
 */
public record DeviceOptions(
    String device, long waveBytes, WeightPrecision precision, TensorCores tensorCores)
    implements Serializable {
  private static final long serialVersionUID = 3L;

  /**
   * @throws AdeptException if a value is out of its range
   */
  public DeviceOptions {
    if (waveBytes <= 0) {
      throw new AdeptException("waveBytes must be positive, but is " + waveBytes + ".");
    }
  }

  /** The first device, with 256 MiB for waves; half precision and tensor cores where it can. */
  public static DeviceOptions defaults() {
    return new DeviceOptions("", 256L << 20, WeightPrecision.AUTO, TensorCores.AUTO);
  }

  /** The same for another device. */
  public DeviceOptions withDevice(String value) {
    return new DeviceOptions(value, waveBytes, precision, tensorCores);
  }

  /** The same with weights held in another precision. */
  public DeviceOptions withPrecision(WeightPrecision value) {
    return new DeviceOptions(device, waveBytes, value, tensorCores);
  }

  /** The same with tensor cores or without. */
  public DeviceOptions withTensorCores(TensorCores value) {
    return new DeviceOptions(device, waveBytes, precision, value);
  }
}
