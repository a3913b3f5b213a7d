package org.sparkadept.udfs.ipc;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.flatbuf.BodyCompression;
import org.apache.arrow.flatbuf.Buffer;
import org.apache.arrow.flatbuf.FieldNode;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BaseVariableWidthViewVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.TypeLayout;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil;
import org.apache.arrow.vector.ipc.message.ArrowFieldNode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;

/**
 * Loads columns of one record batch (or of a dictionary's), in the order of the file. Only the
 * bytes of the columns that are loaded are read.
 */
final class ColumnLoader {
  /** LZ4 cannot do better than one byte for 255. */
  private static final long LZ4_MAX_RATIO = 255;

  private static final long SMALL_BUFFER = 1 << 16;

  private final IpcInput input;
  private final IpcMessage message;
  private final RecordBatch batch;
  private final BufferAllocator allocator;
  private final CompressionCodec codec;
  private final CompressionUtil.CodecType codecType;
  private int nextNode;
  private int nextBuffer;
  private int nextVariadic;

  /**
   * @param batch the message's record batch
   */
  ColumnLoader(IpcInput input, IpcMessage message, RecordBatch batch, BufferAllocator allocator) {
    this.input = input;
    this.message = message;
    this.batch = batch;
    this.allocator = allocator;
    BodyCompression compression = batch.compression();
    if (compression == null) {
      codec = null;
      codecType = CompressionUtil.CodecType.NO_COMPRESSION;
    } else {
      codecType = CompressionUtil.CodecType.fromCompressionType(compression.codec());
      codec = CommonsCompressionFactory.INSTANCE.createCodec(codecType);
    }
  }

  /** Rows of the batch. */
  int rows() {
    return count(batch.length());
  }

  /** Passes over a column, of whatever type. */
  void skip(Field field) {
    nextNode++;
    if (field.getDictionary() != null) {
      nextBuffer += 2;
      return;
    }
    nextBuffer += TypeLayout.getTypeBufferCount(field.getType());
    if (isView(field.getType())) {
      nextBuffer += variadicBuffers();
    }
    field.getChildren().forEach(this::skip);
  }

  private static boolean isView(ArrowType type) {
    return type instanceof ArrowType.Utf8View || type instanceof ArrowType.BinaryView;
  }

  /**
   * Loads the next column.
   *
   * @param field its field as stored
   * @return a vector that the caller closes; its offsets are checked
   */
  FieldVector load(Field field) throws IOException {
    FieldVector vector = field.createVector(allocator);
    try {
      fill(vector);
      return vector;
    } catch (IOException | RuntimeException | Error e) {
      vector.close();
      throw e;
    }
  }

  private void fill(FieldVector vector) throws IOException {
    Field field = vector.getField();
    ArrowFieldNode node = node(field);
    int count = TypeLayout.getTypeBufferCount(field.getType());
    if (vector instanceof BaseVariableWidthViewVector) {
      count += variadicBuffers();
    }
    List<ArrowBuf> buffers = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        buffers.add(buffer(field, VectorChecks.neededBytes(field, node, i, buffers)));
      }
      VectorChecks.checkBuffers(field, node, buffers, input);
      vector.loadFieldBuffers(node, buffers);
    } finally {
      buffers.forEach(ArrowBuf::close); // the vector has references of its own
    }
    for (FieldVector child : vector.getChildrenFromFields()) {
      fill(child);
    }
    VectorChecks.checkContent(vector, input);
  }

  private ArrowFieldNode node(Field field) {
    String what = "column '" + field.getName() + "' of the record batch at " + message.body();
    int index = nextNode++;
    FieldNode node = index < batch.nodesLength() ? batch.nodes(index) : null;
    if (node == null) {
      throw input.damaged(what + " is missing");
    }
    int length = count(node.length());
    if (node.nullCount() < 0 || node.nullCount() > length) {
      throw input.damaged(what + " claims " + node.nullCount() + " NULLs in " + length + " values");
    }
    return new ArrowFieldNode(length, node.nullCount());
  }

  private int count(long length) {
    if (length < 0 || length > Integer.MAX_VALUE) {
      throw input.damaged("a record batch claims " + length + " rows");
    }
    return (int) length;
  }

  private int variadicBuffers() {
    int index = nextVariadic++;
    long buffers =
        index < batch.variadicBufferCountsLength() ? batch.variadicBufferCounts(index) : -1L;
    if (buffers < 0 || buffers > batch.buffersLength()) {
      throw input.damaged("a record batch claims " + buffers + " buffers for one column");
    }
    return (int) buffers;
  }

  /**
   * The next buffer, decompressed; as long as its writer index says.
   *
   * @param needed bytes that the column's values use of it; -1 if that is not known
   */
  private ArrowBuf buffer(Field field, long needed) throws IOException {
    String what = "a buffer of column '" + field.getName() + "'";
    int index = nextBuffer++;
    Buffer place = index < batch.buffersLength() ? batch.buffers(index) : null;
    if (place == null) {
      throw input.damaged(what + " is missing");
    }
    long length = place.length();
    if (place.offset() < 0 || length < 0 || length > message.bodyLength() - place.offset()) {
      throw input.damaged(
          String.format(
              "%s claims %s bytes at %s of a body of %s",
              what, length, place.offset(), message.bodyLength()));
    }
    if (length == 0) {
      return allocator.getEmpty();
    }
    ArrowBuf bytes = allocator.buffer(length);
    ArrowBuf result;
    try {
      input.read(message.body() + place.offset(), length, bytes);
      bytes.writerIndex(length);
      if (codec == null) {
        return bytes;
      }
      checkClaim(bytes, needed, what);
      result = codec.decompress(allocator, bytes);
    } catch (IOException | RuntimeException | Error e) {
      bytes.close();
      throw e;
    }
    if (result.capacity() < result.writerIndex()) {
      result.close();
      throw input.damaged(what + " holds fewer bytes than it claims");
    }
    return result;
  }

  /** Few compressed bytes may claim to hold many: more than the values need is refused. */
  private void checkClaim(ArrowBuf bytes, long needed, String what) {
    long compressed = bytes.writerIndex() - CompressionUtil.SIZE_OF_UNCOMPRESSED_LENGTH;
    long length = compressed < 0 ? 0 : bytes.getLong(0);
    boolean impossible =
        codecType == CompressionUtil.CodecType.LZ4_FRAME
            && length > compressed * LZ4_MAX_RATIO + SMALL_BUFFER;
    if (needed >= 0 && length > 2 * needed + SMALL_BUFFER) {
      throw input.damaged(
          what + " claims to hold " + length + " bytes, but its values need " + needed);
    }
    if (compressed < 0
        || length < CompressionUtil.NO_COMPRESSION_LENGTH
        || length > Integer.MAX_VALUE
        || impossible) {
      throw input.damaged(what + " claims to hold " + length + " bytes in " + compressed);
    }
  }
}
