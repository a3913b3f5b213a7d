package org.sparkadept.pipeline.report.text;

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
  void columnsWithWideCharactersLineUp() {
    TextTable table = new TextTable("label", "rows");
    table.add("漢字", "1");
    table.add("e\u0301", "2");

    assertEquals(
        List.of("label  rows", "─────────────────", "漢字   1", "e\u0301      2"), table.lines(20));
  }
}
