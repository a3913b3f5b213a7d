package org.sparkadept.pipeline.report.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MarkupTest {
  @Test
  void escapesWhatEndsTextsAndAttributes() {
    assertEquals(
        "&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp;amp; &quot;",
        Markup.escape("<script>alert('1')</script> &amp; \""));
  }

  @Test
  void replacesWhatXmlCannotHold() {
    assertEquals("␀ ␇ ␡ \t\n", Markup.escape("\u0000 \u0007 \u007F \t\n"));
    assertEquals("\uFFFD \uFFFD \uFFFD", Markup.escape("\u0085 \uD83C \uFFFE"));
    assertEquals("\uFFFD", Markup.escape("\uDF89"));
    assertEquals("\uD83C\uDF89", Markup.escape("\uD83C\uDF89"));
  }

  @Test
  void shortensByWholeCharacters() {
    assertEquals("\uD83C\uDF89\uD83C\uDF89…", Markup.shorten("\uD83C\uDF89".repeat(4), 3));
    assertEquals("a b", Markup.shorten(" a\n\tb ", 3));
    assertEquals("", Markup.shorten("", 3));
  }

  @Test
  void foldsOnlyLongTexts() {
    assertEquals("<span class=\"text\"><bdi>a &lt; b</bdi></span>", Markup.foldable("a < b", 5));
    String folded = Markup.foldable("a < b and more", 5);
    assertTrue(folded.startsWith("<details><summary><bdi>a &lt;…</bdi>"), folded);
    assertTrue(folded.contains("<bdi>a &lt; b and more</bdi>"), folded);
  }
}
