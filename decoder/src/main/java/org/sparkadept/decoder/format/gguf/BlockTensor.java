package org.sparkadept.decoder.format.gguf;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import org.sparkadept.decoder.tensor.ComputedTensor;
import org.sparkadept.decoder.tensor.TensorFile;

/** A tensor in quantized blocks, which are dequantized to floats whenever they are read. */
final class BlockTensor extends ComputedTensor {
  private static final int CHUNK_BYTES = 1 << 16;

  private final GgufType type;
  private final TensorFile file;
  private final long position;

  /**
   * @param shape dimensions, outermost first; the last a multiple of the type's block
   * @param position first byte of the first block in the file
   */
  BlockTensor(String name, GgufType type, long[] shape, TensorFile file, long position) {
    super(name, shape);
    this.type = type;
    this.file = file;
    this.position = position;
  }

  @Override
  public Path file() {
    return file.file();
  }

  @Override
  public String type() {
    return type.name();
  }

  @Override
  public void read(long start, float[] dst, int dstPos, int count) {
    Objects.checkFromIndexSize(start, (long) count, size());
    Objects.checkFromIndexSize(dstPos, count, dst.length);
    if (count == 0) {
      return;
    }
    int numbers = type.numbers();
    long end = (start + count - 1) / numbers + 1;
    int most = CHUNK_BYTES / type.bytes();
    byte[] chunk = new byte[(int) Math.min(most, end - start / numbers) * type.bytes()];
    float[] part = new float[numbers];
    int done = 0;
    while (done < count) {
      long first = (start + done) / numbers;
      int blocks = (int) Math.min(most, end - first);
      int bytes = blocks * type.bytes();
      file.copy(position + first * type.bytes(), bytes, ByteBuffer.wrap(chunk));
      for (int at = 0; at < bytes; at += type.bytes()) {
        int skipped = (int) ((start + done) % numbers);
        int taken = Math.min(numbers - skipped, count - done);
        if (taken == numbers) {
          type.decode(chunk, at, dst, dstPos + done);
        } else {
          type.decode(chunk, at, part, 0);
          System.arraycopy(part, skipped, dst, dstPos + done, taken);
        }
        done += taken;
      }
    }
  }
}
