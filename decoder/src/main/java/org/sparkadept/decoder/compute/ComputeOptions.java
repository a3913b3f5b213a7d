package org.sparkadept.decoder.compute;

import java.io.Serializable;
import org.sparkadept.decoder.error.AdeptException;

/**
 * Where and in which precision a model is computed: all that the load of its weights depends on,
 * besides the model.
 *
 * @param backend compute backend: {@code auto}, {@code tornadovm} (GPU), {@code cpu} (oneDNN) or
 *     {@code reference} (plain Java)
 * @param precision number format of the weights; backends that have only {@link Precision#F32} take
 *     it for {@link Precision#AUTO} and refuse any other
 * @param device which accelerator, and how much of it; backends on the CPU do not use it
 */
public record ComputeOptions(String backend, Precision precision, DeviceOptions device)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** How the weights of matrices are held. */
  public enum Precision {
    /** The fastest that the backend and the weights allow. */
    AUTO,
    /** Single precision. */
    F32,
    /** Half precision, or the model is not loaded. */
    F16
  }

  /** Whether an accelerator multiplies matrices on tensor cores, which take half precision. */
  public enum TensorCores {
    /** Where weights are in half precision and the device has some that pass their check. */
    AUTO,
    /** Always, or the model is not loaded. */
    TRUE,
    /** Never. */
    FALSE
  }

  /**
   * An accelerator.
   *
   * @param device which one: its number as the backend lists them, or a part of its name; empty is
   *     the first
   * @param waveBytes memory of the device, in bytes, for hidden states, keys and values of the
   *     waves that are worked on at one time
   * @param tensorCores whether matrices are multiplied on tensor cores
   */
  public record DeviceOptions(String device, long waveBytes, TensorCores tensorCores)
      implements Serializable {
    private static final long serialVersionUID = 4L;

    /**
     * @throws AdeptException if a value is out of its range
     */
    public DeviceOptions {
      if (waveBytes <= 0) {
        throw new AdeptException("waveBytes must be positive, but is " + waveBytes + ".");
      }
    }
  }

  /** The best backend; on the first device, with 256 MiB for waves. */
  public static ComputeOptions defaults() {
    return new ComputeOptions(
        ComputeBackends.AUTO, Precision.AUTO, new DeviceOptions("", 256L << 20, TensorCores.AUTO));
  }

  /** The same with another compute backend. */
  public ComputeOptions withBackend(String value) {
    return new ComputeOptions(value, precision, device);
  }

  /** The same with weights held in another precision. */
  public ComputeOptions withPrecision(Precision value) {
    return new ComputeOptions(backend, value, device);
  }

  /** The same on another device. */
  public ComputeOptions withDevice(String value) {
    return withDevice(new DeviceOptions(value, device.waveBytes, device.tensorCores));
  }

  /** The same with tensor cores or without. */
  public ComputeOptions withTensorCores(TensorCores value) {
    return withDevice(new DeviceOptions(device.device, device.waveBytes, value));
  }

  /** The same with other memory for waves, in bytes. */
  public ComputeOptions withWaveBytes(long value) {
    return withDevice(new DeviceOptions(device.device, value, device.tensorCores));
  }

  private ComputeOptions withDevice(DeviceOptions value) {
    return new ComputeOptions(backend, precision, value);
  }
}
