package org.sparkadept.decoder.format;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.sparkadept.decoder.tensor.Tensor;

/** Tensors by name, in one file or several. Their numbers are read on demand. Thread-safe. */
public interface TensorStore extends AutoCloseable {
  /** Names of all tensors; unmodifiable. */
  Set<String> names();

  /** Whether there is a tensor of that name. */
  boolean has(String name);

  /**
   * The tensor of that name.
   *
   * @throws org.sparkadept.decoder.error.CheckpointException if there is none; the message names
   *     similar ones
   */
  Tensor tensor(String name);

  /** The files that hold the tensors, then any that lists these files. */
  List<Path> files();

  /** Releases the files; tensors can no longer be read. */
  @Override
  void close();
}
