package org.sparkadept.udfs.ipc;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.arrow.flatbuf.Message;

/**
 * One message of a file or stream: its metadata, and the position of its body.
 *
 * @param metadata the parsed metadata
 * @param body position of the body's first byte
 * @param bodyLength length of the body in bytes; the body is within the file
 */
record IpcMessage(Message metadata, long body, long bodyLength) {
  /** Metadata is a schema, or a few numbers for each column. */
  static final int MAX_METADATA_BYTES = 256 << 20;

  private static final int CONTINUATION = -1;

  /** Position after the body. */
  long end() {
    return body + bodyLength;
  }

  /**
   * Reads a message's metadata.
   *
   * @param end where the messages end, at the latest
   * @return null at the mark of a stream's end
   */
  static IpcMessage read(IpcInput input, long position, long end) throws IOException {
    String at = "the message at byte " + position;
    if (end - position < 2 * Integer.BYTES) {
      throw input.damaged(at + " has no room before the end at byte " + end);
    }
    ByteBuffer prefix = input.bytes(position, 2 * Integer.BYTES);
    int length = prefix.getInt();
    long start = position + Integer.BYTES;
    if (length == CONTINUATION) {
      length = prefix.getInt();
      start += Integer.BYTES;
    }
    if (length == 0) {
      return null;
    }
    if (length < 0 || length > MAX_METADATA_BYTES || length > end - start) {
      throw input.damaged(
          at + " claims " + length + " bytes of metadata, " + (end - start) + " are there");
    }
    ByteBuffer bytes = input.bytes(start, length);
    Message metadata = Message.getRootAsMessage(bytes);
    long body = start + length;
    long bodyLength = metadata.bodyLength();
    if (bodyLength < 0 || bodyLength > end - body) {
      throw input.damaged(
          at + " claims a body of " + bodyLength + " bytes, " + (end - body) + " are there");
    }
    return new IpcMessage(metadata, body, bodyLength);
  }
}
