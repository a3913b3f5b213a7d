package org.sparkadept.decoder.prompt;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * The texts of a row's columns as one text, which takes the way that the text of a single column
 * takes. That of one column is the text itself; those of several are separated by U+001F, which is
 * written as U+001B and {@code 1} where it is part of a text, as U+001B is written as U+001B and
 * {@code 0}.
 */
public final class RowTexts {
  /** Between the texts of two columns. */
  public static final char SEPARATOR = '\u001f';

  private static final byte ESCAPE = 0x1b;
  private static final byte ESCAPED_ESCAPE = '0';
  private static final byte ESCAPED_SEPARATOR = '1';

  private RowTexts() {}

  /**
   * @param texts of the columns, in UTF-8; null where a column is NULL
   * @return null if all are null; else those that are count as empty
   */
  public static byte[] pack(byte[][] texts) {
    if (texts.length == 1) {
      return texts[0];
    }
    boolean any = false;
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    for (int i = 0; i < texts.length; i++) {
      if (i > 0) {
        packed.write(SEPARATOR);
      }
      if (texts[i] != null) {
        any = true;
        write(texts[i], packed);
      }
    }
    return any ? packed.toByteArray() : null;
  }

  private static void write(byte[] text, ByteArrayOutputStream packed) {
    for (byte b : text) {
      if (b == ESCAPE || b == SEPARATOR) {
        packed.write(ESCAPE);
        packed.write(b == ESCAPE ? ESCAPED_ESCAPE : ESCAPED_SEPARATOR);
      } else {
        packed.write(b);
      }
    }
  }

  /**
   * @param packed of {@link #pack}
   * @param columns how many there should be
   * @return their texts in UTF-8, as many as the packed text has
   */
  static List<byte[]> unpack(byte[] packed, int columns) {
    if (columns == 1) {
      return List.of(packed);
    }
    List<byte[]> texts = new ArrayList<>();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int i = 0; i < packed.length; i++) {
      if (packed[i] == SEPARATOR) {
        texts.add(text.toByteArray());
        text.reset();
      } else if (packed[i] == ESCAPE && i + 1 < packed.length) {
        i++;
        text.write(packed[i] == ESCAPED_SEPARATOR ? SEPARATOR : ESCAPE);
      } else {
        text.write(packed[i]);
      }
    }
    texts.add(text.toByteArray());
    return texts;
  }
}
