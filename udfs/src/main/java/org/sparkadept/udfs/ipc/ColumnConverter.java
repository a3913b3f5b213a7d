package org.sparkadept.udfs.ipc;

import java.util.List;
import java.util.Map;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseIntVector;
import org.apache.arrow.vector.BaseVariableWidthVector;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.sparkadept.decoder.error.AdeptException;

/**
 * Converts vectors as stored in a file to those of Spark. What is the same in both is shared and
 * not copied: validity, the bytes of texts, the children of lists.
 */
final class ColumnConverter {
  private static final int OFFSET_BYTES = Integer.BYTES;

  private final IpcInput input;
  private final BufferAllocator allocator;
  private final FixedWidthConverter fixedWidth;
  private final Map<Long, FieldVector> dictionaries;

  /**
   * @param dictionaries the values of the dictionaries that are loaded, as Spark gets them
   */
  ColumnConverter(
      IpcInput input,
      BufferAllocator allocator,
      boolean floorNanoseconds,
      Map<Long, FieldVector> dictionaries) {
    this.input = input;
    this.allocator = allocator;
    this.dictionaries = dictionaries;
    fixedWidth = new FixedWidthConverter(input, allocator, floorNanoseconds);
  }

  /**
   * The vector that Spark gets.
   *
   * @param stored a checked vector; closed here or returned
   * @throws AdeptException if a value does not fit Spark's type
   */
  FieldVector convert(FieldVector stored, ColumnPlan plan) {
    if (plan.isAsStored()) {
      return stored;
    }
    try (stored) {
      FieldVector target = plan.target().createVector(allocator);
      try {
        fill(stored, target, plan);
        return target;
      } catch (RuntimeException | Error e) {
        target.close();
        throw e;
      }
    }
  }

  private void fill(FieldVector stored, FieldVector target, ColumnPlan plan) {
    if (stored.getValueCount() == 0) {
      return;
    }
    if (plan.dictionary() != null) {
      decode((BaseIntVector) stored, target, plan);
      return;
    }
    switch (plan.stored().getType().getTypeID()) {
      case LargeUtf8, LargeBinary -> {
        try (ArrowBuf offsets = narrowed(stored)) {
          load(
              target, stored, List.of(stored.getValidityBuffer(), offsets, stored.getDataBuffer()));
        }
      }
      case FixedSizeBinary -> {
        int width = ((ArrowType.FixedSizeBinary) plan.stored().getType()).getByteWidth();
        try (ArrowBuf offsets = regular(stored.getValueCount(), width, stored)) {
          load(
              target, stored, List.of(stored.getValidityBuffer(), offsets, stored.getDataBuffer()));
        }
      }
      case LargeList -> {
        try (ArrowBuf offsets = narrowed(stored)) {
          load(target, stored, List.of(stored.getValidityBuffer(), offsets));
        }
      }
      case FixedSizeList -> {
        int size = ((FixedSizeListVector) stored).getListSize();
        try (ArrowBuf offsets = regular(stored.getValueCount(), size, stored)) {
          load(target, stored, List.of(stored.getValidityBuffer(), offsets));
        }
      }
      case Utf8View, BinaryView ->
          copyViews((BaseVariableWidthViewVector) stored, (BaseVariableWidthVector) target);
      default -> {
        if (stored.getField().getType().equals(target.getField().getType())) {
          load(target, stored, stored.getFieldBuffers());
        } else {
          fixedWidth.fill(stored, target);
        }
      }
    }
    for (int i = 0; i < plan.children().size(); i++) {
      fill(
          stored.getChildrenFromFields().get(i),
          target.getChildrenFromFields().get(i),
          plan.children().get(i));
    }
  }

  private static void load(FieldVector target, FieldVector stored, List<ArrowBuf> buffers) {
    target.loadFieldBuffers(
        new ArrowFieldNode(stored.getValueCount(), stored.getNullCount()), buffers);
  }

  private void decode(BaseIntVector indices, FieldVector target, ColumnPlan plan) {
    FieldVector values = dictionaries.get(plan.dictionary());
    if (values == null) {
      throw input.damaged(
          "dictionary " + plan.dictionary() + " of column '" + name(target) + "' is not there");
    }
    target.setInitialCapacity(indices.getValueCount());
    target.allocateNew();
    long bytes = 0;
    for (int row = 0; row < indices.getValueCount(); row++) {
      if (indices.isNull(row)) {
        continue;
      }
      long index = indices.getValueAsLong(row);
      if (index < 0 || index >= values.getValueCount()) {
        throw input.damaged(
            String.format(
                "value %s of column '%s' is word %s of a dictionary of %s",
                row, name(target), index, values.getValueCount()));
      }
      if (!values.isNull((int) index)) {
        bytes +=
            values instanceof BaseVariableWidthVector texts ? texts.getValueLength((int) index) : 0;
        checkRange(bytes, target);
        target.copyFromSafe((int) index, row, values);
      }
    }
    target.setValueCount(indices.getValueCount());
  }

  /** Offsets of 64 bits as such of 32. */
  private ArrowBuf narrowed(FieldVector stored) {
    ArrowBuf wide = stored.getOffsetBuffer();
    int values = stored.getValueCount();
    checkRange(wide.getLong((long) values * Long.BYTES), stored);
    ArrowBuf offsets = allocator.buffer((values + 1L) * OFFSET_BYTES);
    for (long i = 0; i <= values; i++) {
      offsets.setInt(i * OFFSET_BYTES, (int) wide.getLong(i * Long.BYTES));
    }
    return offsets;
  }

  /** Offsets of values that are all of one size. */
  private ArrowBuf regular(int values, int size, FieldVector stored) {
    checkRange((long) values * size, stored);
    ArrowBuf offsets = allocator.buffer((values + 1L) * OFFSET_BYTES);
    for (int i = 0; i <= values; i++) {
      offsets.setInt((long) i * OFFSET_BYTES, i * size);
    }
    return offsets;
  }

  private void checkRange(long length, FieldVector stored) {
    if (length > Integer.MAX_VALUE) {
      throw tooLarge(stored, length);
    }
  }

  private AdeptException tooLarge(FieldVector stored, long length) {
    return new AdeptException(
        String.format(
            "Column '%s' has %s bytes or values in one record batch of %s; at most 2 GiB "
                + "can be read. Write the file in smaller record batches.",
            name(stored), length, input.path()));
  }

  private void copyViews(BaseVariableWidthViewVector views, BaseVariableWidthVector target) {
    long bytes = 0;
    for (int row = 0; row < views.getValueCount(); row++) {
      bytes += views.isNull(row) ? 0 : views.getValueLength(row);
    }
    checkRange(bytes, views);
    target.allocateNew(Math.max(1, bytes), views.getValueCount());
    for (int row = 0; row < views.getValueCount(); row++) {
      if (!views.isNull(row)) {
        copyView(views, row, target);
      }
    }
    target.setValueCount(views.getValueCount());
  }

  private static void copyView(
      BaseVariableWidthViewVector views, int row, BaseVariableWidthVector target) {
    long at = (long) row * BaseVariableWidthViewVector.ELEMENT_SIZE;
    ArrowBuf view = views.getDataBuffer();
    int length = view.getInt(at);
    if (length <= BaseVariableWidthViewVector.INLINE_SIZE) {
      target.set(row, 0, length, view.slice(at + Integer.BYTES, length));
    } else {
      long place = at + Integer.BYTES + BaseVariableWidthViewVector.PREFIX_WIDTH;
      ArrowBuf data = views.getDataBuffers().get(view.getInt(place));
      target.set(row, view.getInt(place + Integer.BYTES), length, data);
    }
  }

  private static String name(FieldVector vector) {
    return vector.getName();
  }
}
