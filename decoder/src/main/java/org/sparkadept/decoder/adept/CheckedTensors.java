package org.sparkadept.decoder.adept;

import java.nio.file.Path;
import java.util.Arrays;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.TensorStore;
import org.sparkadept.decoder.tensor.Tensor;

/**
 * The tensors of {@code adept.safetensors}, checked when they are used, so that a damaged one does
 * not stand in the way of what does not need it.
 *
 * @param tensors of the file
 * @param directory of the model, for messages
 */
record CheckedTensors(TensorStore tensors, Path directory) {

  boolean has(String name) {
    return tensors.has(name);
  }

  /**
   * The elements of a small tensor.
   *
   * @param requiredBy the key of {@code adept.json}, or the option, that requires it
   * @throws CheckpointException if it is absent, of another shape, or not finite
   */
  float[] vector(String name, int size, String requiredBy) {
    return tensor(name, requiredBy, size).readAll();
  }

  /**
   * A tensor of finite numbers.
   *
   * @param requiredBy the key of {@code adept.json}, or the option, that requires it
   * @param shape its dimensions; −1 for any
   * @throws CheckpointException if it is absent, of another shape, or not finite
   */
  Tensor tensor(String name, String requiredBy, long... shape) {
    if (!tensors.has(name)) {
      throw damaged(name, "is absent", requiredBy);
    }
    Tensor tensor = tensors.tensor(name);
    tensor.dtype();
    long[] found = tensor.shape();
    boolean fits = found.length == shape.length;
    for (int i = 0; fits && i < shape.length; i++) {
      fits = shape[i] == -1 || shape[i] == found[i];
    }
    if (!fits) {
      String expected = Arrays.toString(shape).replace("-1", "any");
      String problem = "has shape " + Arrays.toString(found) + " in place of " + expected;
      throw damaged(name, problem, requiredBy);
    }
    requireFinite(tensor, requiredBy);
    return tensor;
  }

  private void requireFinite(Tensor tensor, String requiredBy) {
    float[] buffer = new float[(int) Math.min(tensor.size(), 1 << 16)];
    for (long start = 0; start < tensor.size(); start += buffer.length) {
      int count = (int) Math.min(buffer.length, tensor.size() - start);
      tensor.read(start, buffer, 0, count);
      for (int i = 0; i < count; i++) {
        if (!Float.isFinite(buffer[i])) {
          throw damaged(tensor.name(), "has " + buffer[i] + " at " + (start + i), requiredBy);
        }
      }
    }
  }

  private CheckpointException damaged(String name, String problem, String requiredBy) {
    return new CheckpointException(
        String.format(
            "%s: tensor %s %s, but %s requires it (%s); fit the model again, or choose another"
                + " policy.",
            tensors.files().get(0),
            name,
            problem,
            requiredBy,
            directory.resolve(AdeptFormat.JSON_FILE)));
  }
}
