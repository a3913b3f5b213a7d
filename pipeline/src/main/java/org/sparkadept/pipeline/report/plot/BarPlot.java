package org.sparkadept.pipeline.report.plot;

import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.sparkadept.pipeline.report.plot.Figure.LegendKey;
import org.sparkadept.pipeline.report.plot.Figure.Sign;
import org.sparkadept.pipeline.report.text.DisplayText;

/**
 * Bars side by side, each of one part or of several stacked parts. The names under the bars are
 * text of the SVG element: they come from the data, in any script.
 */
public final class BarPlot {
  private static final int MIN_WIDTH = 640;
  private static final int HEIGHT = 360;
  private static final int MARGIN = 100;
  private static final int BAR_WIDTH = 20;
  private static final int NAME_LIMIT = 18;
  private static final int WIDE_NAME_LIMIT = 10;
  private static final int FIRST_WIDE = 0x2E80;
  private static final int NAME_SIZE = 13;
  private static final double LETTER_WIDTH = 0.62;
  private static final int NAME_DEGREES = -50;
  private static final double BAR_FILL = 0.8;

  private final List<String> bars;
  private final Axis vertical;
  private final List<Part> parts = new ArrayList<>();

  private record Part(LegendKey key, List<Double> heights) {}

  /**
   * @param bars names of the bars
   * @param vertical the axis of the heights
   */
  public BarPlot(List<String> bars, Axis vertical) {
    this.bars = List.copyOf(bars);
    this.vertical = vertical;
  }

  /**
   * Adds a part to every bar, on those it has.
   *
   * @param name what it is
   * @param heights one for each bar
   */
  public BarPlot part(String name, Color color, List<Double> heights) {
    parts.add(new Part(new LegendKey(name, color, Sign.AREA), List.copyOf(heights)));
    return this;
  }

  /**
   * The plot as a figure.
   *
   * @param caption what the figure shows
   */
  public Figure figure(String caption) {
    if (bars.isEmpty() || parts.isEmpty()) {
      return Figure.absent("Nothing to draw: there are no rows. " + caption);
    }
    if (!ChartSvg.hasFonts()) {
      return Figure.absent(ChartSvg.NO_FONTS + " " + caption);
    }
    CategoryChart chart = chart();
    String content = bars + " " + vertical + " " + parts;
    String svg =
        ChartSvg.draw(chart, content, nameRoom(), drawing -> names(chart, drawing), caption);
    return new Figure(List.of(svg), parts.stream().map(Part::key).toList(), caption);
  }

  private CategoryChart chart() {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(Math.max(MIN_WIDTH, MARGIN + BAR_WIDTH * bars.size()))
            .height(HEIGHT)
            .yAxisTitle(vertical.title())
            .build();
    ChartSvg.style(chart.getStyler());
    chart.getStyler().setStacked(true).setAvailableSpaceFill(BAR_FILL);
    chart.getStyler().setXAxisTicksVisible(false).setXAxisTitleVisible(false);
    chart.getStyler().setPlotGridVerticalLinesVisible(false);
    Axis axis = vertical.between(0, vertical.around(0, highest()).max());
    chart.getStyler().setYAxisMin(axis.min()).setYAxisMax(axis.max());
    chart.setCustomYAxisTickLabelsFormatter(axis.ticks());
    List<Integer> places = IntStream.range(0, bars.size()).boxed().toList();
    for (int i = 0; i < parts.size(); i++) {
      chart
          .addSeries("series " + i, places, parts.get(i).heights)
          .setFillColor(parts.get(i).key.color());
    }
    return chart;
  }

  private double highest() {
    double highest = 0;
    for (int i = 0; i < bars.size(); i++) {
      double height = 0;
      for (Part part : parts) {
        height += part.heights.get(i);
      }
      highest = Math.max(highest, height);
    }
    return highest;
  }

  /** The bars share the width of the plot's inside equally. */
  private void names(CategoryChart chart, SvgDrawing drawing) {
    double left = chart.getYAxisLeftWidth();
    double step = (chart.getWidth() - ChartSvg.PADDING - left) / bars.size();
    double bottom = chart.getScreenYFromChart(0);
    for (int i = 0; i < bars.size(); i++) {
      drawing.textEndingAt(
          left + step * (i + 0.5) + NAME_SIZE / 3.0,
          bottom + NAME_SIZE,
          NAME_DEGREES,
          NAME_SIZE,
          shortName(bars.get(i)));
    }
  }

  /** Height of the longest name, in pixels, by a letter's usual width. */
  private int nameRoom() {
    double longest = 0;
    for (String bar : bars) {
      String name = shortName(bar);
      double letter = NAME_SIZE * (isWide(name) ? 1 : LETTER_WIDTH);
      longest = Math.max(longest, letter * name.codePointCount(0, name.length()));
    }
    double height = longest * Math.sin(Math.toRadians(-NAME_DEGREES));
    return (int) Math.ceil(height) + 2 * NAME_SIZE;
  }

  private static String shortName(String name) {
    return DisplayText.shorten(name, isWide(name) ? WIDE_NAME_LIMIT : NAME_LIMIT);
  }

  /** From the radicals of Chinese on, letters may be as wide as they are high. */
  private static boolean isWide(String name) {
    return name.codePoints().anyMatch(codePoint -> codePoint >= FIRST_WIDE);
  }
}
