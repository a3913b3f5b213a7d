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
import org.sparkadept.decoder.format.safetensors.SafetensorsStore;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.model.WeightName;
import org.sparkadept.training.model.Weights;

/**
 * Saves the state of a run to a directory and loads it. {@code checkpoint.json} names the tensor
 * file it belongs to and is replaced last, so an interrupted save leaves the previous checkpoint
 * whole.
 */
final class TrainingCheckpoint {
  private static final String INDEX = "checkpoint.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;

  /**
   * All that changes while a model is trained.
   *
   * @param weights the weights, with gradients
   * @param mean first moments of AdamW
   * @param variance second moments of AdamW
   * @param average moving average of the weights
   * @param counters position of the run
   */
  record State(
      Weights weights, Weights mean, Weights variance, Weights average, Counters counters) {

    /** The state before the first step. */
    static State initial(NDManager manager, ModelShape model, long seed) {
      Weights weights = Weights.initial(manager, model, seed);
      return new State(
          weights,
          Weights.zeros(manager, model),
          Weights.zeros(manager, model),
          Weights.of(manager, model, weights.values()),
          new Counters(0, 0, 0, 0));
    }
  }

  /**
   * Position of a run.
   *
   * @param step steps taken
   * @param progress position in the schedules, in [0, 1]
   * @param elapsedSeconds time spent in steps
   * @param secondsPerStep recent duration of a step
   */
  record Counters(long step, double progress, double elapsedSeconds, double secondsPerStep) {}

  /** Contents of checkpoint.json. */
  private record Index(String tensors, ModelShape model, Counters counters) {}

  TrainingCheckpoint(Path directory) {
    this.directory = directory;
  }

  boolean exists() {
    return Files.exists(directory.resolve(INDEX));
  }

  void save(ModelShape model, State state) throws IOException {
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

  State load(NDManager manager, ModelShape model) throws IOException {
    Index index = index();
    if (!index.model.equals(model)) {
      throw new IOException(
          "the checkpoint in " + directory + " is of " + index.model + ", wanted is " + model);
    }
    try (SafetensorsStore tensors = SafetensorsStore.openFile(directory.resolve(index.tensors))) {
      return new State(
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

  private static Map<String, Weights> parts(State state) {
    return Map.of(
        "weights", state.weights(),
        "mean", state.mean(),
        "variance", state.variance(),
        "average", state.average());
  }

  private static Weights part(
      NDManager manager, ModelShape model, SafetensorsStore tensors, String part) {
    Map<String, float[]> values = new HashMap<>();
    for (String name : WeightName.shapes(model).keySet()) {
      values.put(name, tensors.tensor(part + "/" + name).readAll());
    }
    return Weights.of(manager, model, values);
  }
}
