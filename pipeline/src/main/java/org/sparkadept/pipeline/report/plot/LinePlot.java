package org.sparkadept.pipeline.report.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.sparkadept.pipeline.report.plot.Figure.LegendKey;
import org.sparkadept.pipeline.report.plot.Figure.Sign;

/** Lines and points between two axes. */
public final class LinePlot {
  private static final int WIDTH = 640;
  private static final int HEIGHT = 400;
  private static final Sign[] SIGNS = {Sign.CIRCLE, Sign.SQUARE, Sign.DIAMOND, Sign.TRIANGLE};
  private static final int MANY_POINTS = 60;

  private final Axis horizontal;
  private final Axis vertical;
  private final List<Line> lines = new ArrayList<>();

  private record Line(LegendKey key, List<Point> points) {}

  /**
   * A point in the data's units.
   *
   * @param x along the horizontal axis
   * @param y along the vertical axis
   */
  public record Point(double x, double y) {
    private boolean isFinite() {
      return Double.isFinite(x) && Double.isFinite(y);
    }
  }

  /**
   * @param horizontal the axis of x
   * @param vertical the axis of y
   */
  public LinePlot(Axis horizontal, Axis vertical) {
    this.horizontal = horizontal;
    this.vertical = vertical;
  }

  /** Adds a line; its colour and its points' shape come from its place. */
  public LinePlot line(String name, List<Point> points) {
    int place = lines.size();
    Sign sign = points.size() > MANY_POINTS ? Sign.LINE : SIGNS[place % SIGNS.length];
    return add(new LegendKey(name, Palette.series(place), sign), points);
  }

  /** Adds a line of dashes without points: a limit, a target. */
  public LinePlot dashes(String name, Color color, Point from, Point to) {
    return add(new LegendKey(name, color, Sign.DASHES), List.of(from, to));
  }

  /** Adds a single point. */
  public LinePlot point(String name, Color color, Point point) {
    return add(new LegendKey(name, color, Sign.POINT), List.of(point));
  }

  /** Points that are not numbers are left out; lines without points, too. */
  private LinePlot add(LegendKey key, List<Point> points) {
    List<Point> finite =
        points.stream()
            .filter(Point::isFinite)
            .filter(p -> !horizontal.logarithmic() || p.x > 0)
            .toList();
    if (!finite.isEmpty()) {
      lines.add(new Line(key, finite));
    }
    return this;
  }

  /** Whether there is anything to draw. */
  public boolean isEmpty() {
    return lines.isEmpty();
  }

  /**
   * The plot as a figure.
   *
   * @param caption what the figure shows
   */
  public Figure figure(String caption) {
    if (lines.isEmpty()) {
      return Figure.absent("Nothing to draw: there are no rows. " + caption);
    }
    if (!ChartSvg.hasFonts()) {
      return Figure.absent(ChartSvg.NO_FONTS + " " + caption);
    }
    String content = horizontal + " " + vertical + " " + lines;
    String svg = ChartSvg.draw(chart(), content, 0, drawing -> {}, caption);
    return new Figure(List.of(svg), lines.stream().map(Line::key).toList(), caption);
  }

  private XYChart chart() {
    Axis x = horizontal.around(lowest(true), highest(true));
    Axis y = vertical.around(lowest(false), highest(false));
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .xAxisTitle(x.title())
            .yAxisTitle(y.title())
            .build();
    ChartSvg.style(chart.getStyler());
    chart.getStyler().setXAxisMin(x.min()).setXAxisMax(x.max());
    chart.getStyler().setYAxisMin(y.min()).setYAxisMax(y.max());
    chart.getStyler().setXAxisLogarithmic(x.logarithmic()).setXAxisLogarithmicDecadeOnly(false);
    chart.setCustomXAxisTickLabelsFormatter(x.ticks());
    chart.setCustomYAxisTickLabelsFormatter(y.ticks());
    for (int i = 0; i < lines.size(); i++) {
      add(lines.get(i), "series " + i, chart);
    }
    return chart;
  }

  private static void add(Line line, String name, XYChart chart) {
    double[] x = line.points.stream().mapToDouble(Point::x).toArray();
    double[] y = line.points.stream().mapToDouble(Point::y).toArray();
    XYSeries series = chart.addSeries(name, x, y);
    series.setLineColor(line.key.color());
    series.setMarkerColor(line.key.color());
    series.setMarker(marker(line.key.sign()));
    series.setLineStyle(stroke(line.key.sign()));
  }

  private static BasicStroke stroke(Sign sign) {
    float[] dashes = sign == Sign.DASHES ? new float[] {6, 4} : null;
    return new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dashes, 0);
  }

  private static Marker marker(Sign sign) {
    return switch (sign) {
      case CIRCLE -> SeriesMarkers.CIRCLE;
      case SQUARE -> SeriesMarkers.SQUARE;
      case DIAMOND -> SeriesMarkers.DIAMOND;
      case POINT -> SeriesMarkers.CROSS;
      case TRIANGLE -> SeriesMarkers.TRIANGLE_UP;
      case LINE, DASHES, AREA -> SeriesMarkers.NONE;
    };
  }

  private double lowest(boolean ofX) {
    return points().mapToDouble(point -> ofX ? point.x : point.y).min().orElse(0);
  }

  private double highest(boolean ofX) {
    return points().mapToDouble(point -> ofX ? point.x : point.y).max().orElse(1);
  }

  private Stream<Point> points() {
    return lines.stream().flatMap(line -> line.points.stream());
  }
}
