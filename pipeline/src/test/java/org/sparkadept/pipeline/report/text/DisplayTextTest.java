package org.sparkadept.pipeline.report.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DisplayTextTest {
  @Test
  void shortensByWholeCharacters() {
    assertEquals("\uD83C\uDF89\uD83C\uDF89…", DisplayText.shorten("\uD83C\uDF89".repeat(4), 3));
    assertEquals("a b", DisplayText.shorten(" a\n\tb ", 3));
    assertEquals("", DisplayText.shorten("", 3));
  }

  @Test
  void wideCharactersTakeTwoColumnsAndMarksNone() {
    assertEquals(4, DisplayText.columns("漢字"));
    assertEquals(2, DisplayText.columns("🙂"));
    assertEquals(1, DisplayText.columns("e\u0301"));
    assertEquals("漢… ", DisplayText.fit("漢字漢字", 4));
    assertEquals("e\u0301  ", DisplayText.fit("e\u0301", 3));
  }

  @Test
  void lineBreaksAndTabsBecomeSpaces() {
    assertEquals("a b c", DisplayText.fit("a\nb\t\rc", 5));
  }
}
