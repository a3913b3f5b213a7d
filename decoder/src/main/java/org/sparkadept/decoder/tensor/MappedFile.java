package org.sparkadept.decoder.tensor;

import java.io.IOException;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.ShortBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.sparkadept.decoder.error.CheckpointException;

/**
 * A whole file in memory-mapped windows, since one buffer ends at 2 GiB. Windows overlap by a few
 * bytes, so that no number is ever cut in two. All are mapped at open and the channel is not kept:
 * a channel would be closed under every other thread by the interrupt of one. Thread-safe: what is
 * being read stays mapped until it has been read.
 */
public final class MappedFile {
  private static final int WINDOW_BITS = 30;
  private static final long WINDOW = 1L << WINDOW_BITS;
  private static final int OVERLAP = 8;
  private static final int CHUNK = 4096;

  private final Path file;
  private final long size;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  /** Null when closed; guarded by the lock. */
  private ByteBuffer[] windows;

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
    lock.readLock().lock();
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
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Copies {@code count} bytes from byte {@code offset} on; the caller has checked the bounds. */
  void copy(long offset, int count, ByteBuffer dst) {
    if (dst.remaining() < count) {
      throw new BufferOverflowException();
    }
    lock.readLock().lock();
    try {
      for (int done = 0; done < count; ) {
        ByteBuffer bytes = bytesAt(offset + done);
        int step = Math.min(count - done, bytes.remaining());
        dst.put(bytes.limit(step));
        done += step;
      }
    } catch (InternalError e) {
      throw unreadablePage(e);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The JVM throws an InternalError where the operating system cannot bring in a mapped page. */
  private CheckpointException unreadablePage(InternalError cause) {
    return new CheckpointException(
        file + " was cut or its disk failed while it was read; restore the file and start again.",
        cause);
  }

  /**
   * Lets go of the file. Its pages do not wait for the garbage collector, so that a process which
   * loads one model after the other does not hold them all.
   */
  public void close() {
    lock.writeLock().lock();
    try {
      ByteBuffer[] open = windows;
      windows = null;
      if (open != null) {
        Arrays.stream(open).forEach(Unmapping::end);
      }
    } finally {
      lock.writeLock().unlock();
    }
  }

  private ByteBuffer bytesAt(long offset) {
    if (windows == null) {
      throw new IllegalStateException(file + " is read after its checkpoint was closed.");
    }
    ByteBuffer window = windows[(int) (offset >>> WINDOW_BITS)];
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
