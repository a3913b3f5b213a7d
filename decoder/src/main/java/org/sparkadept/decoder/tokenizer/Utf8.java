package org.sparkadept.decoder.tokenizer;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Decodes UTF-8 without mending it: one decoder, for one thread. */
final class Utf8 {

  private final CharsetDecoder decoder =
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT);

  private int badByte = -1;

  /**
   * @return the text, or null when {@code bytes} are not valid UTF-8; then {@link #badByte()} tells
   *     where
   */
  String decode(byte[] bytes) {
    badByte = -1;
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length); // never more UTF-16 units than bytes
    CoderResult result = decoder.reset().decode(in, out, true);
    if (result.isError()) {
      badByte = in.position();
      return null;
    }
    return out.flip().toString();
  }

  /** Offset in bytes of the first byte that does not fit, -1 when the last text was valid. */
  int badByte() {
    return badByte;
  }
}
