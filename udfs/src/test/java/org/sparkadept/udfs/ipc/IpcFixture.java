package org.sparkadept.udfs.ipc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BaseFixedWidthVector;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.Decimal256Vector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.FixedSizeBinaryVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Writes Arrow files and streams as other programs do, with Arrow's own library. */
final class IpcFixture implements AutoCloseable {
  final BufferAllocator allocator = new RootAllocator();
  final DictionaryProvider.MapDictionaryProvider dictionaries =
      new DictionaryProvider.MapDictionaryProvider();

  /** Values of one column in one batch; null is NULL. */
  static void fill(FieldVector vector, Object... values) {
    vector.allocateNew();
    for (int row = 0; row < values.length; row++) {
      set(vector, row, values[row]);
    }
    vector.setValueCount(values.length);
  }

  /**
   * Writes a table of columns, the same batch so many times.
   *
   * @param stream whether as a stream
   */
  void write(Path path, boolean stream, CodecType codec, int batches, FieldVector... columns) {
    try (VectorSchemaRoot root = VectorSchemaRoot.of(columns)) {
      write(path, stream, codec, root, batches);
    }
  }

  /** Writes a table without a batch. */
  void writeEmpty(Path path, boolean stream, Field... fields) {
    try (VectorSchemaRoot root = VectorSchemaRoot.create(new Schema(List.of(fields)), allocator)) {
      write(path, stream, CodecType.NO_COMPRESSION, root, 0);
    }
  }

  private void write(
      Path path, boolean stream, CodecType codec, VectorSchemaRoot root, int batches) {
    try (FileChannel channel =
            FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        ArrowWriter writer = writer(root, stream, codec, channel)) {
      writer.start();
      for (int i = 0; i < batches; i++) {
        writer.writeBatch();
      }
      writer.end();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ArrowWriter writer(
      VectorSchemaRoot root, boolean stream, CodecType codec, WritableByteChannel channel) {
    return stream
        ? new ArrowStreamWriter(
            root, dictionaries, channel, IpcOption.DEFAULT, factory(codec), codec)
        : new ArrowFileWriter(
            root, dictionaries, channel, Map.of(), IpcOption.DEFAULT, factory(codec), codec);
  }

  private static CompressionCodec.Factory factory(CodecType type) {
    return type == CodecType.NO_COMPRESSION
        ? NoCompressionCodec.Factory.INSTANCE
        : CommonsCompressionFactory.INSTANCE;
  }

  private static void set(FieldVector vector, int row, Object value) {
    if (value == null) {
      if (vector instanceof FixedSizeListVector list) {
        list.setNull(row);
      } else if (!(vector instanceof org.apache.arrow.vector.NullVector)) {
        vector.setNull(row);
      }
    } else if (vector instanceof BitVector bits) {
      bits.setSafe(row, (Boolean) value ? 1 : 0);
    } else if (vector instanceof Float2Vector floats) {
      floats.setSafeWithPossibleTruncate(row, ((Number) value).floatValue());
    } else if (vector instanceof Float4Vector floats) {
      floats.setSafe(row, ((Number) value).floatValue());
    } else if (vector instanceof Float8Vector floats) {
      floats.setSafe(row, ((Number) value).doubleValue());
    } else if (vector instanceof DecimalVector decimals) {
      decimals.setSafe(row, new BigDecimal((String) value));
    } else if (vector instanceof Decimal256Vector decimals) {
      decimals.setSafe(row, new BigDecimal((String) value));
    } else if (vector instanceof FixedSizeBinaryVector binary) {
      binary.setSafe(row, bytes(value));
    } else if (vector instanceof BaseIntVector integers) {
      integers.setWithPossibleTruncate(row, ((Number) value).longValue());
    } else if (vector instanceof BaseFixedWidthVector fixed) {
      setRaw(fixed, row, ((Number) value).longValue());
    } else if (vector instanceof BaseVariableWidthVector texts) {
      texts.setSafe(row, bytes(value));
    } else if (vector instanceof BaseLargeVariableWidthVector texts) {
      texts.setSafe(row, bytes(value));
    } else if (vector instanceof BaseVariableWidthViewVector texts) {
      texts.setSafe(row, bytes(value));
    } else {
      setNested(vector, row, (List<?>) value);
    }
  }

  /** Texts as UTF-8, or as the bytes that they are. */
  private static byte[] bytes(Object value) {
    return value instanceof byte[] raw ? raw : ((String) value).getBytes(StandardCharsets.UTF_8);
  }

  /** Dates, times and intervals by their number. */
  private static void setRaw(BaseFixedWidthVector vector, int row, long value) {
    while (row >= vector.getValueCapacity()) {
      vector.reAlloc();
    }
    vector.setIndexDefined(row);
    int width = vector.getTypeWidth();
    if (vector instanceof DateDayVector || width == Integer.BYTES) {
      vector.getDataBuffer().setInt((long) row * width, (int) value);
    } else {
      vector.getDataBuffer().setLong((long) row * width, value);
    }
  }

  /** Lists by their items, structs by their fields, maps by lists of two. */
  private static void setNested(FieldVector vector, int row, List<?> values) {
    if (vector instanceof StructVector struct) {
      struct.setIndexDefined(row);
      for (int i = 0; i < values.size(); i++) {
        set((FieldVector) struct.getChildByOrdinal(i), row, values.get(i));
      }
      return;
    }
    FieldVector items = vector.getChildrenFromFields().get(0);
    int first;
    if (vector instanceof ListVector list) {
      first = list.startNewValue(row);
      list.endValue(row, values.size());
    } else if (vector instanceof LargeListVector list) {
      first = (int) list.startNewValue(row);
      list.endValue(row, values.size());
    } else {
      first = ((FixedSizeListVector) vector).startNewValue(row);
    }
    for (int i = 0; i < values.size(); i++) {
      set(items, first + i, values.get(i));
    }
    items.setValueCount(first + values.size());
  }

  @Override
  public void close() {
    for (long id : dictionaries.getDictionaryIds()) {
      dictionaries.lookup(id).getVector().close();
    }
    allocator.close();
  }
}
