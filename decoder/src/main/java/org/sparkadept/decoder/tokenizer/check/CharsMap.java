package org.sparkadept.decoder.tokenizer.check;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.BitSet;

/**
 * SentencePiece's compiled map of characters: the length of a trie in bytes, the trie, then
 * replacements, each ended by NUL. The trie is a double array as Darts-clone lays it out; its
 * values are places of replacements. The library reads both without a look at bounds, so every step
 * that any text can take is taken here.
 */
final class CharsMap {
  private static final int BYTES = 256;

  /** In bytes; longer ones are not measured to their end. */
  private static final int LONGEST = 1024;

  private final Part part;
  private final int[] units;
  private final byte[] texts;
  private int longest;

  private CharsMap(Part part, int[] units, byte[] texts) {
    this.part = part;
    this.units = units;
    this.texts = texts;
  }

  /**
   * Checks a map.
   *
   * @return bytes of the longest replacement
   */
  static int longest(Part part) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(part.text());
    } catch (IllegalArgumentException e) {
      throw part.wrong("is not Base64");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    long size = buffer.remaining() < Integer.BYTES ? -1 : buffer.getInt() & 0xFFFFFFFFL;
    if (size < Integer.BYTES || size > buffer.remaining()) {
      throw part.wrong("is cut off, or has no trie");
    }
    int[] units = new int[(int) size / Integer.BYTES];
    buffer.asIntBuffer().get(units);
    buffer.position(buffer.position() + units.length * Integer.BYTES);
    byte[] texts = new byte[buffer.remaining()];
    buffer.get(texts);
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(texts));
    } catch (CharacterCodingException e) {
      throw part.wrong("has replacements that are not UTF-8");
    }
    CharsMap map = new CharsMap(part, units, texts);
    map.checkTrie();
    return map.longest;
  }

  /** Takes every step from every place that can be reached. */
  private void checkTrie() {
    BitSet seen = new BitSet(units.length);
    ArrayDeque<Integer> open = new ArrayDeque<>();
    open.add(offset(units[0]));
    while (!open.isEmpty()) {
      int from = open.remove();
      for (int label = 1; label < BYTES; label++) {
        int at = inside(from ^ label);
        if ((units[at] & (1 << 31 | 0xFF)) != label) {
          continue;
        }
        int next = at ^ offset(units[at]);
        if ((units[at] >> 8 & 1) == 1) {
          checkText(units[inside(next)] & Integer.MAX_VALUE);
        }
        if (next >= 0 && next < units.length && seen.get(next)) {
          continue;
        }
        seen.set(inside(next));
        open.add(next);
      }
    }
  }

  private static int offset(int unit) {
    return unit >>> 10 << ((unit & 1 << 9) >>> 6);
  }

  private int inside(int at) {
    if (at < 0 || at >= units.length) {
      throw part.wrong("has a trie that leads outside of itself");
    }
    return at;
  }

  /** A replacement must begin at the beginning of a character. */
  private void checkText(int at) {
    if (at > texts.length || at < texts.length && (texts[at] & 0xC0) == 0x80) {
      throw part.wrong("has a trie that leads outside of its replacements");
    }
    int end = at;
    while (end < texts.length && texts[end] != 0 && end - at <= LONGEST) {
      end++;
    }
    longest = Math.max(longest, end - at);
  }
}
