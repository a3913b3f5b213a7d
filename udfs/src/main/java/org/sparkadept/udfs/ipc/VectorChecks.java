package org.sparkadept.udfs.ipc;

import java.util.List;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.vector.BaseLargeVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.BufferLayout;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.LargeListVector;
import org.apache.arrow.vector.complex.ListVector;
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
    List<BufferLayout> layouts = TypeLayout.getTypeLayout(field.getType()).getBufferLayouts();
    long values = node.getLength();
    boolean hasOffsets =
        layouts.stream().anyMatch(layout -> layout.getType() == BufferLayout.BufferType.OFFSET);
    for (int i = 0; i < layouts.size() && i < buffers.size(); i++) {
      long bits =
          switch (layouts.get(i).getType()) {
            case VALIDITY -> validityBits(node, buffers.get(i));
            case OFFSET -> values == 0 ? 0 : (values + 1) * layouts.get(i).getTypeBitWidth();
            case DATA -> hasOffsets ? 0 : values * layouts.get(i).getTypeBitWidth();
            case VIEWS -> values * VIEW_BITS;
            default -> 0;
          };
      if (bits > 8 * buffers.get(i).writerIndex()) {
        throw input.damaged(
            String.format(
                "column '%s' claims %s values, more than its buffer of %s bytes holds",
                field.getName(), values, buffers.get(i).writerIndex()));
      }
    }
  }

  /** A validity buffer may be absent where all values, or none, are NULL. */
  private static long validityBits(ArrowFieldNode node, ArrowBuf buffer) {
    boolean uniform = node.getNullCount() == 0 || node.getNullCount() == node.getLength();
    return buffer.writerIndex() == 0 && uniform ? 0 : node.getLength();
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
    } else if (vector instanceof LargeListVector list) {
      checkOffsets(vector, Long.BYTES, list.getDataVector().getValueCount(), input);
    } else if (vector instanceof FixedSizeListVector list) {
      ArrowType.FixedSizeList type = (ArrowType.FixedSizeList) list.getField().getType();
      checkChild(vector, (long) vector.getValueCount() * type.getListSize(), input);
    } else if (vector instanceof StructVector) {
      checkChild(vector, vector.getValueCount(), input);
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
