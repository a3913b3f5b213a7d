package org.sparkadept.decoder.format.gguf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.tensor.StoredTensor;
import org.sparkadept.decoder.tensor.Tensor;
import org.sparkadept.decoder.tensor.TensorFile;

/**
 * The files of a model, open: key-values, and tensors under their names in the files.
 *
 * @param keys the key-values; of shards, those of the first
 * @param tensors by name
 * @param files one, or the shards
 */
record GgufModel(GgufKeys keys, Map<String, Located> tensors, List<TensorFile> files)
    implements AutoCloseable {
  private static final String SPLIT_COUNT = "split.count";
  private static final String SPLIT_NUMBER = "split.no";
  private static final String SPLIT_TENSORS = "split.tensors.count";

  /**
   * Where a tensor is.
   *
   * @param info what the header says of it
   * @param file which of the files has it
   * @param position its first byte in the file
   */
  record Located(TensorInfo info, TensorFile file, long position) {
    /** The tensor under another name. */
    Tensor as(String name) {
      return info.type().isQuantized()
          ? new BlockTensor(name, info.type(), info.shape(), file, position)
          : new StoredTensor(name, info.type().name(), info.shape(), file, position);
    }
  }

  /**
   * Opens the files and checks their headers; no weights are read yet.
   *
   * @param paths of {@link GgufFiles#ofModel}
   * @throws CheckpointException if one is missing, malformed, cut, or of another model
   */
  static GgufModel open(List<Path> paths) {
    List<TensorFile> files = new ArrayList<>();
    try {
      Map<String, Located> tensors = new LinkedHashMap<>();
      GgufKeys keys = null;
      for (Path path : paths) {
        TensorFile file = open(path);
        files.add(file);
        GgufHeader header = GgufHeader.read(file);
        checkShard(header.keys(), files.size() - 1, paths.size());
        add(header, file, tensors);
        keys = keys == null ? header.keys() : keys;
      }
      GgufModel model = new GgufModel(keys, tensors, List.copyOf(files));
      model.checkTensorCount();
      return model;
    } catch (RuntimeException e) {
      files.forEach(TensorFile::close);
      throw e;
    }
  }

  private static TensorFile open(Path path) {
    if (Files.isDirectory(path)) {
      throw new CheckpointException(path + " is a folder, not a GGUF file; check the path.");
    }
    try {
      return new TensorFile(path);
    } catch (IOException e) {
      throw CheckpointException.unreadable(path, e);
    }
  }

  private static void add(GgufHeader header, TensorFile file, Map<String, Located> tensors) {
    for (TensorInfo info : header.tensors()) {
      long position = header.dataStart() + info.begin();
      Located other = tensors.putIfAbsent(info.name(), new Located(info, file, position));
      if (other != null) {
        throw new CheckpointException(
            String.format(
                "Tensor %s is in %s and in %s; the shards do not belong together. Download all of"
                    + " them again.",
                CheckpointException.quote(info.name()), other.file().file(), file.file()));
      }
    }
  }

  /** A file says which shard it is, from 0, and of how many; one that says nothing is whole. */
  private static void checkShard(GgufKeys keys, int number, int count) {
    int said = keys.positive(SPLIT_COUNT, 1);
    if (said != count) {
      throw keys.wrong(
          SPLIT_COUNT,
          String.format(
              "is %d, but the directory has %d file%s of the model, by name; download all of its"
                  + " files under their own names",
              said, count, count == 1 ? "" : "s"));
    }
    if (count > 1 && keys.number(SPLIT_NUMBER) != number) {
      throw keys.wrong(
          SPLIT_NUMBER,
          String.format(
              "is %s, but by its name the file is shard %d; download it again",
              keys.shown(SPLIT_NUMBER), number + 1));
    }
  }

  private void checkTensorCount() {
    if (files.size() > 1
        && keys.has(SPLIT_TENSORS)
        && keys.number(SPLIT_TENSORS) != tensors.size()) {
      throw keys.wrong(
          SPLIT_TENSORS,
          String.format(
              "is %s, but the shards have %d tensors; download all of them again",
              keys.shown(SPLIT_TENSORS), tensors.size()));
    }
  }

  boolean has(String tensor) {
    return tensors.containsKey(tensor);
  }

  /** The path of the first file. */
  Path path() {
    return keys.file();
  }

  @Override
  public void close() {
    files.forEach(TensorFile::close);
  }
}
