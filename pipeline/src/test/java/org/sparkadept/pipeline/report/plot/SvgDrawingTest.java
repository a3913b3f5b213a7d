package org.sparkadept.pipeline.report.plot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Color;
import java.awt.Rectangle;
import java.awt.geom.Line2D;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SvgDrawingTest {
  @Test
  void isAnElementToPutIntoAPage() {
    SvgDrawing drawing = new SvgDrawing("key");
    drawing.graphics().setColor(new Color(255, 128, 0, 51));
    drawing.graphics().fillRect(1, 2, 3, 4);
    drawing.graphics().draw(new Line2D.Double(0, 1 / 3.0, 1e-9, 10));
    String svg = drawing.markup(30, 40, "A <rectangle>");

    assertTrue(svg.startsWith("<svg ") && svg.endsWith("</svg>"), svg);
    assertTrue(svg.contains(" height=\"40\"") && svg.contains(" viewBox=\"0 0 30 40\""), svg);
    assertTrue(svg.contains("<title>A &lt;rectangle&gt;</title>"), svg);
    assertTrue(svg.contains("fill=\"rgb(255,128,0)\" fill-opacity=\"0.2\""), svg);
    assertTrue(svg.contains("y1=\"0.33\""), svg);
    assertFalse(svg.contains("<!") || svg.contains("<?") || svg.contains(" id="), svg);
  }

  @Test
  void writesTextsAsTexts() {
    SvgDrawing drawing = new SvgDrawing("key");
    drawing.textEndingAt(1.25, 2, -50, 13, "<&> \u0000 \uD83C");

    String svg = drawing.markup(30, 40, "");
    assertTrue(
        svg.contains(
            "<text font-size=\"13\" transform=\"translate(1.25 2) rotate(-50)\">"
                + "&lt;&amp;&gt; \u2400 \uFFFD</text>"),
        svg);
  }

  @Test
  void namesItsClipsByItsKey() {
    String svg = clipped("one");

    assertEquals(svg, clipped("one"));
    assertTrue(svg.contains("clip-path=\"url(#" + id(svg) + ")\""), svg);
    assertNotEquals(id(svg), id(clipped("another")));
  }

  @Test
  void plotsOfOtherDataHaveOtherIds() {
    assertEquals(plot(1), plot(1));
    assertNotEquals(id(plot(1)), id(plot(2)));
  }

  private static String clipped(String key) {
    SvgDrawing drawing = new SvgDrawing(key);
    drawing.graphics().setClip(new Rectangle(1, 2, 30, 40));
    drawing.graphics().drawLine(0, 0, 10, 0);
    return drawing.markup(30, 40, "");
  }

  private static String plot(double height) {
    return new BarPlot(List.of("bar"), Axis.numbers("y"))
        .part("part", Color.BLUE, List.of(height))
        .figure("the same caption")
        .drawings()
        .get(0);
  }

  private static String id(String svg) {
    Matcher id = Pattern.compile(" id=\"([^\"]*)\"").matcher(svg);
    assertTrue(id.find(), svg);
    return id.group(1);
  }
}
