package org.sparkadept.pipeline.report.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import j2html.TagCreator;
import j2html.tags.DomContent;
import java.awt.Color;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.report.plot.Figure;

class ElementsTest {
  private static final String HOSTILE = "<script>alert('1')</script> &amp; \"";
  private static final String ESCAPED =
      "&lt;script&gt;alert(&#x27;1&#x27;)&lt;/script&gt; &amp;amp; &quot;";

  private static String html(DomContent content) {
    return new HtmlReport("title").with(content).render();
  }

  @Test
  void textsAndAttributesAreEscaped() {
    Figure.LegendKey key = new Figure.LegendKey(HOSTILE, Color.BLUE, Figure.Sign.AREA);
    for (DomContent content :
        List.of(
            Elements.foldable(HOSTILE, 99),
            Elements.folded(HOSTILE, TagCreator.p()),
            Elements.dataTable(
                HOSTILE, List.of(HOSTILE), List.of(HOSTILE), text -> List.of(Cell.text(text))),
            Elements.plot(new Figure(List.of(), List.of(key), HOSTILE)))) {
      String page = html(content);
      assertTrue(page.contains(ESCAPED), page);
      assertFalse(page.contains("<script"), page);
    }
    assertTrue(
        html(TagCreator.span().withTitle(HOSTILE)).contains("<span title=\"" + ESCAPED + "\">"));
    String titled = new HtmlReport(HOSTILE).fact(HOSTILE, HOSTILE).render();
    assertTrue(titled.contains("<title>" + ESCAPED + "</title>"), titled);
    assertFalse(titled.contains("<script"), titled);
  }

  @Test
  void whatXmlCannotHoldIsReplaced() {
    assertTrue(html(TagCreator.p("a\u0000\uD83C")).contains("<p>a\u2400\uFFFD</p>"));
    assertTrue(html(TagCreator.p().withTitle("a\u0000")).contains("<p title=\"a\u2400\">"));
  }

  @Test
  void foldsOnlyLongTexts() {
    String whole = html(Elements.foldable("a < b", 5));
    assertTrue(whole.contains("<span class=\"text\"><bdi>a &lt; b</bdi></span>"), whole);
    String folded = html(Elements.foldable("a < b and more", 5));
    assertTrue(folded.contains("<details><summary><bdi>a &lt;…</bdi>"), folded);
    assertTrue(folded.contains("<bdi>a &lt; b and more</bdi>"), folded);
  }

  @Test
  void aTableWithoutRowsSaysSo() {
    String table =
        html(Elements.dataTable("caption", List.of("a", "b"), List.of(), row -> List.of()));
    assertTrue(table.contains("<td colspan=\"2\">No rows.</td>"), table);
    assertEquals(2, table.split("<th scope=\"col\"").length - 1);
  }
}
