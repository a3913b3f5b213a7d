package org.sparkadept.pipeline.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void columnsAreAsWideAsTheirValuesAndTheLastIsCut() {
    TextTable table = new TextTable("label", "text");
    table.add("Film", "a text that is longer than the line");

    assertEquals(
        List.of("label  text", "────────────────────", "Film   a text that …"), table.lines(20));
  }

  @Test
  void wideCharactersTakeTwoColumnsAndMarksNone() {
    assertEquals(4, DisplayWidth.of("漢字"));
    assertEquals(2, DisplayWidth.of("🙂"));
    assertEquals(1, DisplayWidth.of("e\u0301"));
    assertEquals("漢… ", DisplayWidth.fit("漢字漢字", 4));
    assertEquals("e\u0301  ", DisplayWidth.fit("e\u0301", 3));
  }

  @Test
  void lineBreaksAndTabsBecomeSpaces() {
    assertEquals("a b c", DisplayWidth.fit("a\nb\t\rc", 5));
  }
}
