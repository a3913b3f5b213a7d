package org.sparkadept.udfs.ipc;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;
import org.sparkadept.decoder.error.AdeptException;

/** The bytes of a file, read at any place; used by one thread. */
final class IpcInput implements Closeable {
  private static final int CHUNK_BYTES = 1 << 20;

  private final Path path;
  private final long length;
  private final FSDataInputStream in;
  private final byte[] chunk = new byte[CHUNK_BYTES];

  private IpcInput(Path path, long length, FSDataInputStream in) {
    this.path = path;
    this.length = length;
    this.in = in;
  }

  /**
   * @param length the file's length in bytes, as it was listed
   * @throws IOException if it cannot be opened
   */
  static IpcInput open(Path path, long length, Configuration configuration) throws IOException {
    return new IpcInput(path, length, path.getFileSystem(configuration).open(path));
  }

  Path path() {
    return path;
  }

  long length() {
    return length;
  }

  /** Reads a piece that the caller has checked to be within the file; little endian. */
  ByteBuffer bytes(long position, int count) throws IOException {
    byte[] bytes = new byte[count];
    seekAndRead(position, bytes, count);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Reads a piece that the caller has checked to be within the file. */
  void read(long position, long count, ArrowBuf target) throws IOException {
    for (long done = 0; done < count; ) {
      int next = (int) Math.min(chunk.length, count - done);
      seekAndRead(position + done, chunk, next);
      target.setBytes(done, chunk, 0, next);
      done += next;
    }
  }

  private void seekAndRead(long position, byte[] into, int count) throws IOException {
    try {
      in.seek(position);
      in.readFully(into, 0, count);
    } catch (EOFException e) {
      throw damaged("it has become shorter than the " + length + " bytes that it was listed with");
    }
  }

  /** Something that is read out of the file's bytes. */
  interface Reading<T> {
    T read() throws IOException;
  }

  /** Reads a structure from untrusted bytes: any exception is reported as an error of the file. */
  <T> T parse(String what, Reading<T> reading) throws IOException {
    try {
      return reading.read();
    } catch (AdeptException | OutOfMemoryException e) {
      throw e;
    } catch (RuntimeException e) {
      throw damaged(what + " cannot be read (" + e + ")");
    }
  }

  /** The error for a file that breaks the format's rules. */
  AdeptException damaged(String what) {
    return new AdeptException(
        String.format(
            "The Arrow file %s is cut off or damaged: %s. Write it again, or take it out "
                + "of the input.",
            path, what));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
