package org.sparkadept.decoder.format.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.tensor.TensorFile;

/**
 * Reads a file's header from a position on. Every length is held against what is left of the file
 * before anything is allocated for it. Not thread-safe.
 */
final class GgufInput {
  /** Longest string, in bytes: far beyond a tokenizer that is written as one. */
  private static final int MAX_STRING_BYTES = 1 << 28;

  private static final int BUFFER_BYTES = 1 << 16;

  private final TensorFile file;
  private final CharsetDecoder utf8 = StandardCharsets.UTF_8.newDecoder();
  private ByteBuffer buffer = ByteBuffer.allocate(0);

  /** Position in the file of the end of the buffer. */
  private long bufferEnd;

  GgufInput(TensorFile file, long position) {
    this.file = file;
    bufferEnd = position;
  }

  /** The file that is read. */
  Path file() {
    return file.file();
  }

  /** Position of the next byte in the file. */
  long position() {
    return bufferEnd - buffer.remaining();
  }

  /** Bytes from here to the end of the file. */
  long remaining() {
    return file.size() - position();
  }

  byte i8(String what) {
    return fill(Byte.BYTES, what).get();
  }

  short i16(String what) {
    return fill(Short.BYTES, what).getShort();
  }

  int i32(String what) {
    return fill(Integer.BYTES, what).getInt();
  }

  long i64(String what) {
    return fill(Long.BYTES, what).getLong();
  }

  float f32(String what) {
    return fill(Float.BYTES, what).getFloat();
  }

  double f64(String what) {
    return fill(Double.BYTES, what).getDouble();
  }

  /**
   * A count of things that follow.
   *
   * @param leastBytes least size of one of them
   * @throws CheckpointException if the rest of the file cannot hold so many
   */
  long count(int leastBytes, String what) {
    long count = i64(what);
    if (count < 0 || count > remaining() / leastBytes) {
      throw wrong(
          String.format(
              "the header counts %s (%s), but %d bytes are left in the file",
              Long.toUnsignedString(count), what, remaining()));
    }
    return count;
  }

  /**
   * A length in bytes and so much UTF-8.
   *
   * @throws CheckpointException if the file has not so many bytes, or they are not UTF-8
   */
  String string(String what) {
    long length = count(1, what);
    if (length > MAX_STRING_BYTES) {
      throw wrong(what + " has " + length + " bytes, more than can be handled");
    }
    byte[] bytes = new byte[(int) length];
    if (length <= BUFFER_BYTES) {
      fill((int) length, what).get(bytes);
    } else {
      file.copy(position(), bytes.length, ByteBuffer.wrap(bytes));
      skip(length, what);
    }
    try {
      return utf8.decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw wrong(what + " is not valid UTF-8");
    }
  }

  /**
   * @throws CheckpointException if the file ends before
   */
  void skip(long bytes, String what) {
    require(bytes, what);
    if (bytes <= buffer.remaining()) {
      buffer.position(buffer.position() + (int) bytes);
    } else {
      bufferEnd = position() + bytes;
      buffer = ByteBuffer.allocate(0);
    }
  }

  /** A complaint about the file. */
  CheckpointException wrong(String problem) {
    return new CheckpointException(
        file.file() + ": " + problem + "; the file is damaged. Download or write it again.");
  }

  private void require(long bytes, String what) {
    if (bytes > remaining()) {
      throw new CheckpointException(
          String.format(
              "%s is truncated: its header goes on at byte %d (%s) for %d bytes more than the file"
                  + " has. A download was probably interrupted; download the file again.",
              file.file(), position(), what, bytes - remaining()));
    }
  }

  /** The buffer with at least so many bytes in it. */
  private ByteBuffer fill(int bytes, String what) {
    if (buffer.remaining() < bytes) {
      require(bytes, what);
      long start = position();
      int length = (int) Math.min(Math.max(bytes, BUFFER_BYTES), file.size() - start);
      ByteBuffer next = ByteBuffer.allocate(length);
      file.copy(start, length, next);
      buffer = next.flip().order(ByteOrder.LITTLE_ENDIAN);
      bufferEnd = start + length;
    }
    return buffer;
  }
}
