package org.sparkadept.training.optimize;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.sparkadept.decoder.format.safetensors.Checkpoint;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.model.WeightName;
import org.sparkadept.training.model.Weights;

/**
 * Saves a run to a directory and takes it up again. {@code checkpoint.json} names the tensor file
 * it belongs to and is replaced last, so an interrupted save leaves the previous checkpoint whole.
 */
final class TrainingCheckpoint {
  private static final String INDEX = "checkpoint.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  /** What checkpoint.json holds. */
  private record Index(String tensors, ModelShape model, TrainingState.Counters counters) {}

  TrainingCheckpoint(Path directory) {
    this.directory = directory;
  }

  boolean exists() {
    return Files.exists(directory.resolve(INDEX));
  }

  void save(ModelShape model, TrainingState state) throws IOException {
    Files.createDirectories(directory);
    String old = exists() ? index().tensors : null;
    String name = "checkpoint-" + state.counters().step() + ".safetensors";
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Map.Entry<String, Weights> part : parts(state).entrySet()) {
      for (String weight : part.getValue().names()) {
        NDArray array = part.getValue().get(weight);
        int[] shape =
            Arrays.stream(array.getShape().getShape()).mapToInt(Math::toIntExact).toArray();
        writer.add(part.getKey() + "/" + weight, DType.F32, array.toFloatArray(), shape);
      }
    }
    writer.write(directory.resolve(name));
    Path draft = directory.resolve(INDEX + ".tmp");
    Files.write(draft, JSON.writeValueAsBytes(new Index(name, model, state.counters())));
    Files.move(
        draft,
        directory.resolve(INDEX),
        StandardCopyOption.REPLACE_EXISTING,
        StandardCopyOption.ATOMIC_MOVE);
    if (old != null && !old.equals(name)) {
      Files.deleteIfExists(directory.resolve(old));
    }
  }

  TrainingState load(NDManager manager, ModelShape model) throws IOException {
    Index index = index();
    if (!index.model.equals(model)) {
      throw new IOException(
          "the checkpoint in " + directory + " is of " + index.model + ", wanted is " + model);
    }
    try (Checkpoint tensors = Checkpoint.openFile(directory.resolve(index.tensors))) {
      return new TrainingState(
          part(manager, model, tensors, "weights"),
          part(manager, model, tensors, "mean"),
          part(manager, model, tensors, "variance"),
          part(manager, model, tensors, "average"),
          index.counters);
    }
  }

  private Index index() throws IOException {
    return JSON.readValue(directory.resolve(INDEX).toFile(), Index.class);
  }

  private static Map<String, Weights> parts(TrainingState state) {
    return Map.of(
        "weights", state.weights(),
        "mean", state.mean(),
        "variance", state.variance(),
        "average", state.average());
  }

  private static Weights part(
      NDManager manager, ModelShape model, Checkpoint tensors, String part) {
    Map<String, float[]> values = new HashMap<>();
    for (String name : WeightName.shapes(model).keySet()) {
      values.put(name, tensors.tensor(part + "/" + name).readAll());
    }
    return Weights.of(manager, model, values);
  }
}
