package org.sparkadept.decoder.tensor;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.file.AccessMode;
import java.nio.file.Path;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.error.RegularFile;

/**
 * A file of numbers that are read on demand. It is not mapped into memory: weights are copied once,
 * to where they are computed with, and pages of a mapping would count as the process's memory all
 * the while. Nor is a channel used: the interrupt of one thread would close it for all others.
 * Thread-safe.
 */
public final class TensorFile {
  private static final int CHUNK_BYTES = 1 << 18;

  private final Path file;
  private final RandomAccessFile bytes;
  private final long size;
  private boolean closed;

  /**
   * Opens a file.
   *
   * @throws IOException if it is missing or cannot be read
   * @throws CheckpointException if it is a pipe, a device or a socket
   */
  public TensorFile(Path file) throws IOException {
    this.file = file;
    // Unlike the next line, this one tells a missing file from one that may not be read.
    file.getFileSystem().provider().checkAccess(file, AccessMode.READ);
    RegularFile.require(file);
    bytes = new RandomAccessFile(file.toFile(), "r");
    size = bytes.length();
  }

  public Path file() {
    return file;
  }

  /** Bytes in the file when it was opened. */
  public long size() {
    return size;
  }

  /** Reads little-endian numbers from byte {@code offset} on; the caller has checked the bounds. */
  void read(long offset, DType dtype, float[] dst, int dstPos, int count) {
    int step = Math.min(count, CHUNK_BYTES / dtype.bytes());
    byte[] chunk = new byte[step * dtype.bytes()];
    ByteBuffer view = ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    int numbers;
    for (int done = 0; done < count; done += numbers) {
      numbers = Math.min(step, count - done);
      fill(offset + (long) done * dtype.bytes(), chunk, numbers * dtype.bytes());
      switch (dtype) {
        case F32 -> view.asFloatBuffer().get(dst, dstPos + done, numbers);
        case F16 -> readF16(view.asShortBuffer(), dst, dstPos + done, numbers);
        case BF16 -> readBf16(view.asShortBuffer(), dst, dstPos + done, numbers);
      }
    }
  }

  /**
   * Copies bytes.
   *
   * @param offset of the first in the file
   * @param count number of bytes
   * @param dst receives them from its position on
   * @throws BufferOverflowException if they do not fit {@code dst}
   * @throws CheckpointException if the file has not so many, or cannot be read
   */
  public void copy(long offset, int count, ByteBuffer dst) {
    if (dst.remaining() < count) {
      throw new BufferOverflowException();
    }
    byte[] chunk = new byte[Math.min(count, CHUNK_BYTES)];
    int step;
    for (int done = 0; done < count; done += step) {
      step = Math.min(chunk.length, count - done);
      fill(offset + done, chunk, step);
      dst.put(chunk, 0, step);
    }
  }

  private synchronized void fill(long offset, byte[] chunk, int count) {
    if (closed) {
      throw new IllegalStateException(file + " is read after its checkpoint was closed.");
    }
    try {
      bytes.seek(offset);
      bytes.readFully(chunk, 0, count);
    } catch (EOFException e) {
      throw new CheckpointException(
          file + " became shorter while it was read; restore the file and start again.", e);
    } catch (IOException e) {
      throw CheckpointException.unreadable(file, e);
    }
  }

  /** Lets go of the file. */
  public synchronized void close() {
    closed = true;
    try {
      bytes.close();
    } catch (IOException e) {
      throw CheckpointException.unreadable(file, e);
    }
  }

  private static void readF16(ShortBuffer halves, float[] dst, int dstPos, int count) {
    for (int i = 0; i < count; i++) {
      dst[dstPos + i] = HalfPrecision.fromF16(halves.get(i));
    }
  }

  private static void readBf16(ShortBuffer halves, float[] dst, int dstPos, int count) {
    for (int i = 0; i < count; i++) {
      dst[dstPos + i] = HalfPrecision.fromBf16(halves.get(i));
    }
  }
}
