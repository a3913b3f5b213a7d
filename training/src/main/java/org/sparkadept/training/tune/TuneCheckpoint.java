package org.sparkadept.training.tune;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.LongStream;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.format.safetensors.SafetensorsStore;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.decoder.tensor.Tensor;
import org.sparkadept.training.model.Weight;

/**
 * Saves a run to a folder and continues it. {@code run.json} names the tensor file that it belongs
 * to and is replaced last, so that a killed save leaves the checkpoint before it whole.
 */
public final class TuneCheckpoint {
  private static final String INDEX = "run.json";
  private static final String BEST = "best.safetensors";
  private static final String MEAN = "mean/";
  private static final String VARIANCE = "variance/";
  private static final int BLOCK = 1 << 16;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final String identity;

  /** Contents of run.json. */
  private record Index(String identity, String tensors, RunState state) {}

  /**
   * @param folder made if missing
   * @param identity text that is another one for another run
   */
  TuneCheckpoint(Path folder, String identity) {
    this.folder = folder;
    this.identity = identity;
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  /** Whether a folder has a run to go on from. */
  public static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(INDEX));
  }

  /** Whether the folder has a run, be it another one. */
  boolean exists() {
    return isIn(folder);
  }

  /** Whether the folder's run is this one. */
  boolean isOfThisRun() {
    return index().identity.equals(identity);
  }

  void save(List<Weight> weights, RunState state) {
    String old = exists() ? index().tensors : null;
    String name = "step-" + state.step() + ".safetensors";
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Weight weight : weights) {
      add(writer, weight.name(), weight, weight.exact());
      add(writer, MEAN + weight.name(), weight, weight.mean());
      add(writer, VARIANCE + weight.name(), weight, weight.variance());
    }
    writer.write(folder.resolve(name));
    Path draft = folder.resolve(INDEX + ".tmp");
    try {
      Files.write(draft, JSON.writeValueAsBytes(new Index(identity, name, state)));
      Files.move(
          draft,
          folder.resolve(INDEX),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.ATOMIC_MOVE);
      if (old != null && !old.equals(name)) {
        Files.deleteIfExists(folder.resolve(old));
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
  }

  RunState load(List<Weight> weights) {
    Index index = index();
    try (SafetensorsStore tensors = SafetensorsStore.openFile(folder.resolve(index.tensors))) {
      for (Weight weight : weights) {
        read(tensors.tensor(weight.name()), weight.exact());
        read(tensors.tensor(MEAN + weight.name()), weight.mean());
        read(tensors.tensor(VARIANCE + weight.name()), weight.variance());
        weight.refresh();
      }
    }
    return index.state;
  }

  /** Keeps the weights as the best of the run. */
  void saveBest(List<Weight> weights) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (Weight weight : weights) {
      add(writer, weight.name(), weight, weight.exact());
    }
    writer.write(best());
  }

  /** The best weights. */
  Path best() {
    return folder.resolve(BEST);
  }

  private static void add(SafetensorsWriter writer, String name, Weight weight, FloatBuffer from) {
    int[] shape = LongStream.of(weight.shape().getShape()).mapToInt(Math::toIntExact).toArray();
    writer.add(
        name,
        DType.F32,
        (start, to, count) -> from.get(Math.toIntExact(start), to, 0, count),
        shape);
  }

  private static void read(Tensor tensor, FloatBuffer to) {
    float[] block = new float[BLOCK];
    for (int from = 0; from < to.capacity(); from += BLOCK) {
      int count = Math.min(BLOCK, to.capacity() - from);
      tensor.read(from, block, 0, count);
      to.put(from, block, 0, count);
    }
  }

  private Index index() {
    Path file = folder.resolve(INDEX);
    try {
      return JSON.readValue(file.toFile(), Index.class);
    } catch (IOException e) {
      throw new AdeptException(
          file + " cannot be read (" + e + "); remove the folder to tune from the start.", e);
    }
  }

  private AdeptException unwritable(IOException e) {
    return new AdeptException(
        folder + " cannot be written (" + e + "); free some space or name another folder.", e);
  }
}
