package org.sparkadept.decoder.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class PrintableTextTest {
  @Test
  void whatSteersATerminalIsShown() {
    assertEquals("␛[31mred␛[0m", PrintableText.line("\u001b[31mred\u001b[0m"));
    assertEquals("␀ ␇ ␡ \uFFFD", PrintableText.line("\u0000 \u0007 \u007F \u009b"));
  }

  @Test
  void lineBreaksOfAnyKindAreBlanks() {
    assertEquals("a b c d e f g", PrintableText.line("a\nb\rc\u0085d\u2028e\u2029f\u000bg"));
    assertEquals("a\n\tb␍", PrintableText.lines("a\n\tb\r"));
  }

  @Test
  void directionsCannotBeTurned() {
    assertEquals("a\uFFFDb\uFFFDc\uFFFD", PrintableText.line("a\u202Eb\u2066c\u200F"));
  }

  @Test
  void brokenCharactersAreReplaced() {
    assertEquals("\uFFFD \uFFFD", PrintableText.line("\uD83C \uFFFE"));
  }

  @Test
  void jsonSaysTheSameInEscapes() {
    assertEquals(
        "{\n \"grün 🎉 \\u009b\\u202e\"}", PrintableText.json("{\n \"grün 🎉 \u009b\u202e\"}"));
  }

  @Test
  void otherTextsStayAsTheyAre() {
    String text = "grün 🎉 שלום — €";

    assertSame(text, PrintableText.line(text));
  }
}
