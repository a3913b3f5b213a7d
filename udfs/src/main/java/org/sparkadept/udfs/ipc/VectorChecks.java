package org.sparkadept.udfs.ipc;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.BufferLayout;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
import org.apache.arrow.vector.complex.MapVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Checks vectors of a file. Spark reads texts by address, so an offset beyond the data would read
 * foreign memory, or none. Bytes of texts are not judged here: a text that is not valid UTF-8 is
 * its row's error.
 */
final class VectorChecks {
  private static final int VIEW_BITS = 8 * BaseVariableWidthViewVector.ELEMENT_SIZE;

  private VectorChecks() {}

  /**
   * Checks that buffers are long enough for the values that they claim to hold.
   *
   * @param buffers their lengths are their writer indices
   */
  static void checkBuffers(
      Field field, ArrowFieldNode node, List<ArrowBuf> buffers, IpcInput input) {
    for (int i = 0; i < buffers.size(); i++) {
      if (!followsOffsets(layouts(field), i) // These are checked with their offsets.
          && neededBytes(field, node, i, buffers) > buffers.get(i).writerIndex()
          && !isAbsentValidity(field, node, i, buffers.get(i))) {
        throw input.damaged(
            String.format(
                "column '%s' claims %s values, more than its buffer of %s bytes holds",
                field.getName(), node.getLength(), buffers.get(i).writerIndex()));
      }
    }
  }

  /** A validity buffer may be absent where all values, or none, are NULL. */
  private static boolean isAbsentValidity(
      Field field, ArrowFieldNode node, int index, ArrowBuf buffer) {
    boolean uniform = node.getNullCount() == 0 || node.getNullCount() == node.getLength();
    return uniform
        && buffer.writerIndex() == 0
        && layouts(field).get(index).getType() == BufferLayout.BufferType.VALIDITY;
  }

  private static List<BufferLayout> layouts(Field field) {
    return TypeLayout.getTypeLayout(field.getType()).getBufferLayouts();
  }

  /**
   * How many bytes of a buffer the values of a column use.
   *
   * @param index of the buffer
   * @param before the column's buffers, at least those before this one: offsets say how long the
   *     texts are
   * @return -1 where that is not known: the texts of views
   */
  static long neededBytes(Field field, ArrowFieldNode node, int index, List<ArrowBuf> before) {
    List<BufferLayout> layouts = layouts(field);
    if (index >= layouts.size()) {
      return -1;
    }
    BufferLayout layout = layouts.get(index);
    long values = node.getLength();
    return switch (layout.getType()) {
      case VALIDITY -> bytes(values);
      case OFFSET -> values == 0 ? 0 : bytes((values + 1) * layout.getTypeBitWidth());
      case DATA ->
          followsOffsets(layouts, index)
              ? lastOffset(layouts.get(index - 1), values, before.get(index - 1))
              : bytes(values * valueBits(field.getType(), layout));
      case VIEWS -> bytes(values * VIEW_BITS);
      default -> -1;
    };
  }

  private static boolean followsOffsets(List<BufferLayout> layouts, int index) {
    return index > 0
        && index < layouts.size()
        && layouts.get(index - 1).getType() == BufferLayout.BufferType.OFFSET;
  }

  private static long bytes(long bits) {
    return (bits + 7) / 8;
  }

  /** The layout of fixed-size binaries counts their bits in 16 bits. */
  private static long valueBits(ArrowType type, BufferLayout layout) {
    return type instanceof ArrowType.FixedSizeBinary binary
        ? 8L * binary.getByteWidth()
        : layout.getTypeBitWidth();
  }

  private static long lastOffset(BufferLayout layout, long values, ArrowBuf offsets) {
    long width = layout.getTypeBitWidth() / 8;
    if (values == 0 || offsets.writerIndex() < (values + 1) * width) {
      return 0; // Nothing, or an error of its own.
    }
    long last =
        width == Integer.BYTES ? offsets.getInt(values * width) : offsets.getLong(values * width);
    return Math.max(0, last);
  }

  /** Checks that what a loaded vector points at is there; its children are loaded. */
  static void checkContent(FieldVector vector, IpcInput input) {
    if (vector.getValueCount() == 0) {
      return;
    }
    if (vector instanceof BaseVariableWidthVector texts) {
      checkOffsets(vector, Integer.BYTES, texts.getDataBuffer().writerIndex(), input);
    } else if (vector instanceof BaseLargeVariableWidthVector texts) {
      checkOffsets(vector, Long.BYTES, texts.getDataBuffer().writerIndex(), input);
    } else if (vector instanceof BaseVariableWidthViewVector views) {
      checkViews(views, input);
    } else if (vector instanceof ListVector list) {
      checkOffsets(vector, Integer.BYTES, list.getDataVector().getValueCount(), input);
      if (vector instanceof MapVector map) {
        checkKeys(map, input);
      }
    } else if (vector instanceof LargeListVector list) {
      checkOffsets(vector, Long.BYTES, list.getDataVector().getValueCount(), input);
    } else if (vector instanceof FixedSizeListVector list) {
      ArrowType.FixedSizeList type = (ArrowType.FixedSizeList) list.getField().getType();
      checkChild(vector, (long) vector.getValueCount() * type.getListSize(), input);
    } else if (vector instanceof StructVector) {
      checkChild(vector, vector.getValueCount(), input);
    } else if (vector instanceof DecimalVector decimals) {
      checkDigits(decimals, input);
    }
  }

  /** Maps have no entry that is NULL, and none whose key is. */
  private static void checkKeys(MapVector map, IpcInput input) {
    StructVector entries = (StructVector) map.getDataVector();
    FieldVector keys = entries.getChildrenFromFields().get(0);
    if (entries.getNullCount() == 0 && keys.getNullCount() == 0) {
      return;
    }
    for (int row = 0; row < map.getValueCount(); row++) {
      for (int at = map.getElementStartIndex(row); at < map.getElementEndIndex(row); at++) {
        if (!map.isNull(row) && (entries.isNull(at) || keys.isNull(at))) {
          throw input.damaged(
              "the map in row "
                  + row
                  + " of column '"
                  + map.getName()
                  + "' has a key that is NULL");
        }
      }
    }
  }

  private static void checkDigits(DecimalVector decimals, IpcInput input) {
    for (int row = 0; row < decimals.getValueCount(); row++) {
      if (!decimals.isNull(row) && decimals.getObject(row).precision() > decimals.getPrecision()) {
        throw input.damaged(
            String.format(
                "value %s of column '%s' has more than the %s digits of its type",
                row, decimals.getName(), decimals.getPrecision()));
      }
    }
  }

  private static void checkOffsets(FieldVector vector, int width, long limit, IpcInput input) {
    ArrowBuf offsets = vector.getOffsetBuffer();
    long last = 0;
    for (long i = 0; i <= vector.getValueCount(); i++) {
      long offset = width == Integer.BYTES ? offsets.getInt(i * width) : offsets.getLong(i * width);
      if (offset < last || offset > limit) {
        throw input.damaged(
            String.format(
                "offset %s of column '%s' is %s, not from %s to %s",
                i, vector.getName(), offset, last, limit));
      }
      last = offset;
    }
  }

  /** A view of at most 12 bytes holds its text, a longer one holds its position. */
  private static void checkViews(BaseVariableWidthViewVector vector, IpcInput input) {
    ArrowBuf views = vector.getDataBuffer();
    List<ArrowBuf> data = vector.getDataBuffers();
    for (int row = 0; row < vector.getValueCount(); row++) {
      if (vector.isNull(row)) {
        continue;
      }
      long at = (long) row * BaseVariableWidthViewVector.ELEMENT_SIZE;
      int length = views.getInt(at);
      boolean sound = length >= 0;
      if (length > BaseVariableWidthViewVector.INLINE_SIZE) {
        int buffer = views.getInt(at + Integer.BYTES + BaseVariableWidthViewVector.PREFIX_WIDTH);
        long offset = views.getInt(at + BaseVariableWidthViewVector.INLINE_SIZE);
        sound =
            buffer >= 0
                && buffer < data.size()
                && offset >= 0
                && offset + length <= data.get(buffer).writerIndex();
      }
      if (!sound) {
        throw input.damaged(
            "view " + row + " of column '" + vector.getName() + "' points outside of its buffers");
      }
    }
  }

  private static void checkChild(FieldVector vector, long values, IpcInput input) {
    for (FieldVector child : vector.getChildrenFromFields()) {
      if (child.getValueCount() < values) {
        throw input.damaged(
            String.format(
                "column '%s' needs %s values of its part '%s', which has %s",
                vector.getName(), values, child.getName(), child.getValueCount()));
      }
    }
  }
}
