package org.sparkadept.decoder.format.safetensors;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.SimilarNames;
import org.sparkadept.decoder.format.TensorStore;
import org.sparkadept.decoder.tensor.Tensor;

/**
 * The tensors of a checkpoint by name: one safetensors file, or shards that an index lists. Opening
 * checks the files' headers; no weights are read yet. Thread-safe.
 */
public final class SafetensorsStore implements TensorStore {
  static final String SINGLE_FILE = "model.safetensors";
  static final String INDEX_FILE = "model.safetensors.index.json";

  private final Path directory;
  private final Path index;
  private final List<SafetensorsFile> files;
  private final Map<String, Tensor> tensors;

  /**
   * @param index the file that lists the shards; null where there is a single file
   */
  private SafetensorsStore(
      Path directory, Path index, List<SafetensorsFile> files, Map<String, Tensor> tensors) {
    this.directory = directory;
    this.index = index;
    this.files = files;
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * Opens {@code model.safetensors} or else what {@code model.safetensors.index.json} lists.
   *
   * @throws CheckpointException if there are no weights, or a file is malformed, cut or missing
   */
  public static SafetensorsStore open(Path directory) {
    Path single = directory.resolve(SINGLE_FILE);
    if (isThere(single)) {
      return openFile(single);
    }
    Path index = directory.resolve(INDEX_FILE);
    if (isThere(index)) {
      return openShards(directory, ShardIndex.read(index));
    }
    throw noWeights(directory);
  }

  /**
   * Opens one safetensors file of any name.
   *
   * @throws CheckpointException if it is malformed, cut or missing
   */
  public static SafetensorsStore openFile(Path safetensors) {
    SafetensorsFile file = SafetensorsFile.open(safetensors);
    Path directory = safetensors.toAbsolutePath().getParent();
    return new SafetensorsStore(directory, null, List.of(file), file.tensors());
  }

  private static SafetensorsStore openShards(Path directory, ShardIndex index) {
    Map<String, SafetensorsFile> shards = new LinkedHashMap<>();
    try {
      Map<String, Tensor> tensors = tensors(directory, index, shards);
      return new SafetensorsStore(directory, index.file(), List.copyOf(shards.values()), tensors);
    } catch (RuntimeException e) {
      shards.values().forEach(SafetensorsFile::close);
      throw e;
    }
  }

  /** Opens the shards that are not among {@code shards} yet. */
  private static Map<String, Tensor> tensors(
      Path directory, ShardIndex index, Map<String, SafetensorsFile> shards) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (Map.Entry<String, String> entry : index.shardOf().entrySet()) {
      SafetensorsFile shard =
          shards.computeIfAbsent(entry.getValue(), name -> openShard(directory, name, index));
      Tensor tensor = shard.tensors().get(entry.getKey());
      if (tensor == null) {
        throw new CheckpointException(
            String.format(
                "%s says that tensor %s is in %s, but it is not there; the shards are of another"
                    + " version than the index. Download all of them again.",
                index.file(), CheckpointException.quote(entry.getKey()), shard.file()));
      }
      tensors.put(entry.getKey(), tensor);
    }
    return tensors;
  }

  private static SafetensorsFile openShard(Path directory, String name, ShardIndex index) {
    Path shard = directory.resolve(name);
    if (!Files.exists(shard)) {
      throw new CheckpointException(
          String.format(
              "%s, which %s lists, is not there%s; download the missing shard.",
              shard,
              index.file(),
              Files.isSymbolicLink(shard) ? " (its symbolic link leads nowhere)" : ""));
    }
    return SafetensorsFile.open(shard);
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  @Override
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      List<String> similar = SimilarNames.of(name, tensors.keySet());
      throw new CheckpointException(
          String.format(
              "%s has no tensor %s%s. The file is incomplete or belongs to another kind of model.",
              files.size() == 1 ? files.get(0).file() : directory,
              CheckpointException.quote(name),
              similar.isEmpty() ? "" : "; similar names are " + String.join(", ", similar)));
    }
    return tensor;
  }

  @Override
  public List<Path> files() {
    List<Path> paths = new ArrayList<>();
    for (SafetensorsFile file : files) {
      paths.add(file.file());
    }
    if (index != null) {
      paths.add(index);
    }
    return paths;
  }

  @Override
  public void close() {
    for (SafetensorsFile file : files) {
      file.close();
    }
  }

  /** Whether a directory has weights in safetensors files. */
  static boolean isIn(Path directory) {
    return isThere(directory.resolve(SINGLE_FILE)) || isThere(directory.resolve(INDEX_FILE));
  }

  private static boolean isThere(Path file) {
    return Files.exists(file) || Files.isSymbolicLink(file);
  }

  private static CheckpointException noWeights(Path directory) {
    String found = directory + " has neither " + SINGLE_FILE + " nor " + INDEX_FILE;
    if (Files.exists(directory.resolve("pytorch_model.bin"))
        || Files.exists(directory.resolve("pytorch_model.bin.index.json"))) {
      return new CheckpointException(
          found
              + ", only pytorch_model.bin, which can run code when it is read and is therefore not"
              + " read here. Convert it to safetensors (in Python:"
              + " model.save_pretrained(folder, safe_serialization=True)).");
    }
    return new CheckpointException(
        found + "; check that it is a model directory and that the download is complete.");
  }
}
