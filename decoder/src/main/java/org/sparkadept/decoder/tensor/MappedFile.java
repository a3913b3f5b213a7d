package org.sparkadept.decoder.tensor;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.sparkadept.decoder.error.CheckpointException;

/**
 * A whole file in memory-mapped windows, since one buffer ends at 2 GiB. Windows overlap by a few
 * bytes, so that no number is ever cut in two. All are mapped at open and the channel is not kept:
 * a channel would be closed under every other thread by the interrupt of one. Thread-safe.
 */
public final class MappedFile {
  private static final int WINDOW_BITS = 30;
  private static final long WINDOW = 1L << WINDOW_BITS;
  private static final int OVERLAP = 8;
  private static final int CHUNK = 4096;

  private final Path file;
  private final long size;
  private volatile ByteBuffer[] windows;

  public MappedFile(Path file, FileChannel channel) throws IOException {
    this.file = file;
    size = channel.size();
    ByteBuffer[] mapped = new ByteBuffer[Math.toIntExact((size + WINDOW - 1) >>> WINDOW_BITS)];
    for (int i = 0; i < mapped.length; i++) {
      long start = i * WINDOW;
      long length = Math.min(WINDOW + OVERLAP, size - start);
      mapped[i] = channel.map(FileChannel.MapMode.READ_ONLY, start, length);
    }
    windows = mapped;
  }

  public Path file() {
    return file;
  }

  /** Bytes in the file. */
  long size() {
    return size;
  }

  /** Reads little-endian numbers from byte {@code offset} on; the caller has checked the bounds. */
  void read(long offset, DType dtype, float[] dst, int dstPos, int count) {
    long from = offset;
    int to = dstPos;
    int end = dstPos + count;
    try {
      while (to < end) {
        ByteBuffer bytes = bytesAt(from);
        int step = Math.min(end - to, bytes.remaining() / dtype.bytes());
        switch (dtype) {
          case F32 -> bytes.asFloatBuffer().get(dst, to, step);
          case F16 -> readF16(bytes.asShortBuffer(), dst, to, step);
          case BF16 -> readBf16(bytes.asShortBuffer(), dst, to, step);
        }
        from += (long) step * dtype.bytes();
        to += step;
      }
    } catch (InternalError e) {
      throw unreadablePage(e);
    }
  }

  /** Copies {@code count} bytes from byte {@code offset} on; the caller has checked the bounds. */
  void copy(long offset, int count, ByteBuffer dst) {
    if (dst.remaining() < count) {
      throw new BufferOverflowException();
    }
    try {
      for (int done = 0; done < count; ) {
        ByteBuffer bytes = bytesAt(offset + done);
        int step = Math.min(count - done, bytes.remaining());
        dst.put(bytes.limit(step));
        done += step;
      }
    } catch (InternalError e) {
      throw unreadablePage(e);
    }
  }

  /** The JVM throws an InternalError where the operating system cannot bring in a mapped page. */
  private CheckpointException unreadablePage(InternalError cause) {
    return new CheckpointException(
        file + " was cut or its disk failed while it was read; restore the file and start again.",
        cause);
  }

  /** Lets go of the file; the mappings end when they are garbage-collected. */
  public void close() {
    windows = null;
  }

  private ByteBuffer bytesAt(long offset) {
    ByteBuffer[] open = windows;
    if (open == null) {
      throw new IllegalStateException(file + " is read after its checkpoint was closed.");
    }
    ByteBuffer window = open[(int) (offset >>> WINDOW_BITS)];
    int start = (int) (offset & (WINDOW - 1));
    return window.slice(start, window.capacity() - start).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static void readF16(ShortBuffer halves, float[] dst, int dstPos, int count) {
    short[] chunk = new short[Math.min(count, CHUNK)];
    for (int done = 0; done < count; done += chunk.length) {
      int step = Math.min(chunk.length, count - done);
      halves.get(chunk, 0, step);
      for (int i = 0; i < step; i++) {
        dst[dstPos + done + i] = HalfPrecision.fromF16(chunk[i]);
      }
    }
  }

  private static void readBf16(ShortBuffer halves, float[] dst, int dstPos, int count) {
    short[] chunk = new short[Math.min(count, CHUNK)];
    for (int done = 0; done < count; done += chunk.length) {
      int step = Math.min(chunk.length, count - done);
      halves.get(chunk, 0, step);
      for (int i = 0; i < step; i++) {
        dst[dstPos + done + i] = HalfPrecision.fromBf16(chunk[i]);
      }
    }
  }
}
