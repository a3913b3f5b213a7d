package org.sparkadept.udfs.ipc;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flatbuf.Block;
import org.apache.arrow.flatbuf.Endianness;
import org.apache.arrow.flatbuf.Footer;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.Schema;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.AdeptException;

/**
 * An open Arrow IPC file or stream: its fields and its messages. Which of the two it is shows in
 * its first bytes.
 */
final class IpcFile implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(IpcFile.class);

  private static final String MAGIC = "ARROW1";
  private static final int MAGIC_BYTES = 6;
  private static final int PADDED_MAGIC_BYTES = 8;
  private static final int CONTINUATION = -1;
  private static final int MAX_DEPTH = 100;

  /** Messages in the order of their reading. */
  interface Messages {
    /** The next message; null after the last. */
    IpcMessage next() throws IOException;
  }

  private final IpcInput input;
  private final List<Field> fields = new ArrayList<>();

  /** Positions of the messages of an IPC file; null in a stream. */
  private List<Long> dictionaries;

  private List<Long> recordBatches;

  /** Where messages begin in a stream, and where they end at the latest. */
  private long first;

  private long end;

  private IpcFile(IpcInput input) {
    this.input = input;
  }

  /**
   * Opens a file and reads its schema.
   *
   * @param length its length in bytes, as it was listed
   * @throws AdeptException if it is no Arrow file, or a damaged one
   * @throws IOException if it cannot be read
   */
  static IpcFile open(Path path, long length, Configuration configuration) throws IOException {
    IpcInput input = IpcInput.open(path, length, configuration);
    try {
      IpcFile file = new IpcFile(input);
      return input.parse("its schema", file::readSchema);
    } catch (IOException | RuntimeException e) {
      input.close();
      throw e;
    }
  }

  IpcInput input() {
    return input;
  }

  /**
   * The top-level fields as the schema has them: dictionary-encoded ones with their values' type.
   */
  List<Field> fields() {
    return fields;
  }

  boolean isStream() {
    return recordBatches == null;
  }

  /** How many parts with rows it can be divided into. */
  int divisions() {
    return isStream() ? 1 : recordBatches.size();
  }

  /**
   * The messages of a part of the file, dictionaries first or in between. Parts that together make
   * up the file have each record batch once: a file's are in the part that its first byte is in, a
   * stream's all in the part with the first byte.
   */
  Messages messages(long start, long length) {
    if (isStream()) {
      return start == 0 ? this.new StreamMessages() : () -> null;
    }
    List<Long> positions = new ArrayList<>(dictionaries);
    recordBatches.stream()
        .filter(position -> position >= start && position - start < length)
        .forEach(positions::add);
    return this.new FileMessages(positions);
  }

  private IpcFile readSchema() throws IOException {
    if (input.length() < PADDED_MAGIC_BYTES) {
      throw notArrow("it has " + input.length() + " bytes");
    }
    ByteBuffer start = input.bytes(0, PADDED_MAGIC_BYTES);
    String magic = new String(start.array(), 0, MAGIC_BYTES, StandardCharsets.ISO_8859_1);
    if (magic.equals(MAGIC)) {
      readFooter();
    } else if (start.getInt(0) == CONTINUATION) {
      readStreamSchema();
    } else if (magic.startsWith("PAR1")) {
      throw notArrow("it is a Parquet file");
    } else if (magic.startsWith("FEA1")) {
      throw notArrow("it is a Feather file of version 1; write version 2, which is Arrow's");
    } else {
      throw notArrow("it begins neither with " + MAGIC + " nor with a message of a stream");
    }
    return this;
  }

  private AdeptException notArrow(String why) {
    return new AdeptException(
        String.format(
            "%s is no Arrow IPC file or stream: %s. Name its format, or take it out of the "
                + "input.",
            input.path(), why));
  }

  private void readFooter() throws IOException {
    int trailer = Integer.BYTES + MAGIC_BYTES;
    long trailerStart = input.length() - trailer;
    if (trailerStart < PADDED_MAGIC_BYTES) {
      throw input.damaged("it ends after its first bytes");
    }
    ByteBuffer bytes = input.bytes(trailerStart, trailer);
    String magic =
        new String(bytes.array(), Integer.BYTES, MAGIC_BYTES, StandardCharsets.ISO_8859_1);
    if (!magic.equals(MAGIC)) {
      throw input.damaged("its last bytes are not " + MAGIC + ", so its footer is missing");
    }
    int length = bytes.getInt(0);
    if (length <= 0
        || length > IpcMessage.MAX_METADATA_BYTES
        || length > trailerStart - PADDED_MAGIC_BYTES) {
      throw input.damaged("its footer claims a length of " + length + " bytes");
    }
    end = trailerStart - length;
    ByteBuffer footerBytes = input.bytes(end, length);
    Footer footer = Footer.getRootAsFooter(footerBytes);
    readFields(footer.schema());
    dictionaries = positions(footer.dictionariesLength(), footer::dictionaries);
    recordBatches = positions(footer.recordBatchesLength(), footer::recordBatches);
  }

  private interface Blocks {
    Block get(int index);
  }

  private List<Long> positions(int count, Blocks blocks) {
    List<Long> positions = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Block block = blocks.get(i);
      long room = end - block.offset();
      if (block.offset() < PADDED_MAGIC_BYTES
          || block.metaDataLength() <= 0
          || block.metaDataLength() > room
          || block.bodyLength() < 0
          || block.bodyLength() > room - block.metaDataLength()) {
        throw input.damaged(
            String.format(
                "its footer names a block of %s + %s bytes at byte %s, but the blocks end at "
                    + "byte %s",
                block.metaDataLength(), block.bodyLength(), block.offset(), end));
      }
      positions.add(block.offset());
    }
    return positions;
  }

  private void readStreamSchema() throws IOException {
    end = input.length();
    IpcMessage message = IpcMessage.read(input, 0, end);
    if (message == null || message.metadata().headerType() != MessageHeader.Schema) {
      throw input.damaged("its first message is no schema");
    }
    readFields((Schema) message.metadata().header(new Schema()));
    first = message.end();
  }

  private void readFields(Schema schema) {
    if (schema == null) {
      throw input.damaged("it has no schema");
    }
    if (schema.endianness() != Endianness.Little) {
      throw new AdeptException(
          "The Arrow file "
              + input.path()
              + " has big-endian numbers, which are not supported; write it on another machine.");
    }
    for (int i = 0; i < schema.fieldsLength(); i++) {
      org.apache.arrow.flatbuf.Field field = schema.fields(i);
      if (field.name() == null) {
        throw input.damaged("its column " + (i + 1) + " has no name");
      }
      checkDepth(field, field.name(), 1);
      fields.add(Field.convertField(field));
    }
  }

  /** Types are read by recursion, which must end before the stack does. */
  private void checkDepth(org.apache.arrow.flatbuf.Field field, String column, int depth) {
    if (depth > MAX_DEPTH) {
      throw new AdeptException(
          String.format(
              "Column '%s' of the Arrow file %s is nested more than %s deep; leave it out.",
              column, input.path(), MAX_DEPTH));
    }
    for (int i = 0; i < field.childrenLength(); i++) {
      checkDepth(field.children(i), column, depth + 1);
    }
  }

  @Override
  public void close() throws IOException {
    input.close();
  }

  private final class FileMessages implements Messages {
    private final List<Long> positions;
    private int next;

    FileMessages(List<Long> positions) {
      this.positions = positions;
    }

    @Override
    public IpcMessage next() throws IOException {
      if (next == positions.size()) {
        return null;
      }
      IpcMessage message = IpcMessage.read(input, positions.get(next), end);
      if (message == null) {
        throw input.damaged("there is no message at byte " + positions.get(next));
      }
      next++;
      return message;
    }
  }

  private final class StreamMessages implements Messages {
    private long position = first;
    private boolean ended;

    @Override
    public IpcMessage next() throws IOException {
      if (ended) {
        return null;
      }
      if (position == end) {
        LOG.warn(
            "{} ends without the mark of a stream's end. Not all programs write it; if this one"
                + " does, the file was cut off between two batches.",
            input.path());
        ended = true;
        return null;
      }
      IpcMessage message = IpcMessage.read(input, position, end);
      if (message == null) {
        ended = true;
        return null;
      }
      position = message.end();
      return message;
    }
  }
}
