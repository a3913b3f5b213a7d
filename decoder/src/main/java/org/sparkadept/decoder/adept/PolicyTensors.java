package org.sparkadept.decoder.adept;

import java.util.Arrays;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.tensor.Tensor;

/** The tensors of policies and mappers in {@code adept.safetensors}, checked when asked for. */
public final class PolicyTensors {
  private final ModelDirectory directory;
  private final AdeptParts parts;

  PolicyTensors(ModelDirectory directory, AdeptParts parts) {
    this.directory = directory;
    this.parts = parts;
  }

  /**
   * @param name a tensor's name
   * @param size elements that it must have
   * @param asker the key of {@code adept.json}, or the option, that asks for it
   * @return its elements
   * @throws CheckpointException if it is absent, of another shape, or not finite
   */
  public float[] vector(String name, int size, String asker) {
    float[] values = tensor(name, asker, size).readAll();
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw wrong(name, "has " + values[i] + " at " + i, asker);
      }
    }
    return values;
  }

  /** A tensor of the given shape; {@link #vector} tells the rest. */
  Tensor tensor(String name, String asker, long... shape) {
    if (!parts.tensors().has(name)) {
      throw wrong(name, "is absent", asker);
    }
    Tensor tensor = parts.tensors().tensor(name);
    tensor.dtype();
    if (!Arrays.equals(tensor.shape(), shape)) {
      throw wrong(
          name,
          "has shape " + Arrays.toString(tensor.shape()) + " in place of " + Arrays.toString(shape),
          asker);
    }
    return tensor;
  }

  /** Checks that a large tensor is finite, some rows at a time. */
  Tensor finite(Tensor tensor, String asker) {
    float[] buffer = new float[(int) Math.min(tensor.size(), 1 << 16)];
    for (long start = 0; start < tensor.size(); start += buffer.length) {
      int count = (int) Math.min(buffer.length, tensor.size() - start);
      tensor.read(start, buffer, 0, count);
      for (int i = 0; i < count; i++) {
        if (!Float.isFinite(buffer[i])) {
          throw wrong(tensor.name(), "has " + buffer[i] + " at " + (start + i), asker);
        }
      }
    }
    return tensor;
  }

  private CheckpointException wrong(String name, String problem, String asker) {
    return new CheckpointException(
        String.format(
            "%s: tensor %s %s, but %s asks for it (%s); fit the model again, or choose another"
                + " policy.",
            parts.tensors().files().get(0),
            name,
            problem,
            asker,
            directory.path().resolve("adept.json")));
  }
}
