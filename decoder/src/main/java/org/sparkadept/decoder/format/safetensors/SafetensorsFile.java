package org.sparkadept.decoder.format.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.tensor.StoredTensor;
import org.sparkadept.decoder.tensor.Tensor;
import org.sparkadept.decoder.tensor.TensorFile;

/**
 * One safetensors file: eight bytes of header length (little-endian), a JSON header, the tensors.
 */
final class SafetensorsFile {
  /** Longest header that is read, in bytes; the same bound as in the format's own library. */
  static final int MAX_HEADER_BYTES = 100_000_000;

  private static final String LFS_POINTER = "version ";

  private final TensorFile bytes;
  private final Map<String, Tensor> tensors;

  private SafetensorsFile(TensorFile bytes, Map<String, Tensor> tensors) {
    this.bytes = bytes;
    this.tensors = tensors;
  }

  /**
   * @throws CheckpointException if the file is missing, unreadable, malformed or cut
   */
  static SafetensorsFile open(Path file) {
    if (Files.isDirectory(file)) {
      throw new CheckpointException(file + " is a folder, not a safetensors file; check the path.");
    }
    try {
      TensorFile bytes = new TensorFile(file);
      try {
        return new SafetensorsFile(bytes, tensors(bytes));
      } catch (RuntimeException e) {
        bytes.close();
        throw e;
      }
    } catch (IOException e) {
      throw CheckpointException.unreadable(file, e);
    }
  }

  private static Map<String, Tensor> tensors(TensorFile bytes) {
    byte[] json = new byte[headerLength(bytes)];
    bytes.copy(Long.BYTES, json.length, ByteBuffer.wrap(json));
    long dataStart = Long.BYTES + json.length;
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (TensorEntry entry :
        SafetensorsHeader.parse(bytes.file(), json, bytes.size() - dataStart).values()) {
      tensors.put(
          entry.name(),
          new StoredTensor(
              entry.name(), entry.dtype(), entry.shape(), bytes, dataStart + entry.begin()));
    }
    return tensors;
  }

  Path file() {
    return bytes.file();
  }

  Map<String, Tensor> tensors() {
    return tensors;
  }

  void close() {
    bytes.close();
  }

  private static int headerLength(TensorFile bytes) {
    Path file = bytes.file();
    long fileBytes = bytes.size();
    if (fileBytes < Long.BYTES) {
      throw new CheckpointException(
          String.format(
              "%s has only %d bytes: too short for a safetensors file, which starts with the 8-byte"
                  + " length of its header. Download or write it again.",
              file, fileBytes));
    }
    ByteBuffer start = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.copy(0, Long.BYTES, start);
    if (new String(start.array(), StandardCharsets.ISO_8859_1).equals(LFS_POINTER)) {
      throw new CheckpointException(
          file
              + " is a Git LFS pointer, not the weights themselves; run 'git lfs pull' in the"
              + " folder it came from.");
    }
    long length = start.getLong(0);
    if (length < 0 || length > MAX_HEADER_BYTES || length > fileBytes - Long.BYTES) {
      throw new CheckpointException(
          String.format(
              "%s: its first 8 bytes give a header of %s bytes, but the file has %d bytes and a"
                  + " header at most %d. It is no safetensors file, or its download was"
                  + " interrupted; fetch it again.",
              file, Long.toUnsignedString(length), fileBytes, MAX_HEADER_BYTES));
    }
    return (int) length;
  }
}
