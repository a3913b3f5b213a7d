package org.sparkadept.benchmarks.pytorch;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.sparkadept.benchmarks.pytorch.Results.Measurement;

/**
 * The roofline of a device with what was reached under it: FLOP/s over FLOP a byte, both axes in
 * equal ratios (Williams, Waterman, Patterson: "Roofline", CACM 52(4), 2009).
 */
final class RooflinePicture {
  static {
    if (System.getProperty("java.awt.headless") == null) {
      System.setProperty("java.awt.headless", "true");
    }
  }

  private static final int WIDTH = 1100;
  private static final int HEIGHT = 700;
  private static final int SCALE = 2;
  private static final double GIGA = 1e9;
  private static final double AIR = 3;
  private static final int MARKER_SIZE = 10;

  /** About what the axis and the legend leave of the width. */
  private static final double PLOT_WIDTH = 830;

  private static final double LABEL_SHIFT = 1.12;
  private static final Font LABELS = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  private static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);
  private static final Color ROOF = new Color(0x6B, 0x6B, 0x6B);
  private static final Color[] COLOURS = {
    new Color(0x00, 0x72, 0xB2), new Color(0xD5, 0x5E, 0x00), new Color(0x00, 0x9E, 0x73)
  };
  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE, SeriesMarkers.DIAMOND
  };

  private final Roofs roofs;
  private final List<Results> results;

  /**
   * @param roofs what the device can do
   * @param results of one model, one for each precision
   */
  RooflinePicture(Roofs roofs, List<Results> results) {
    this.roofs = roofs;
    this.results = results;
  }

  /** Why this JVM can draw no letters, as one without fonts cannot; empty where it can. */
  static Optional<String> undrawable() {
    try {
      new TextLayout("0", LABELS, CONTEXT).getAdvance();
      return Optional.empty();
    } catch (LinkageError | InternalError | RuntimeException e) {
      return Optional.of("Java finds no fonts (" + e + "); install fontconfig and a font.");
    }
  }

  /**
   * Draws it.
   *
   * @param file where to, a PNG file
   */
  void write(Path file) throws IOException {
    BufferedImage image =
        new BufferedImage(SCALE * WIDTH, SCALE * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.scale(SCALE, SCALE);
    chart().paint(graphics, WIDTH, HEIGHT);
    graphics.dispose();
    ImageIO.write(image, "png", file.toFile());
  }

  XYChart chart() {
    double peak = roofs.products().get(roofs.fastest()).flopsPerSecond();
    double left = peak / roofs.bytesPerSecond();
    double right = left;
    double lowest = peak;
    for (Results result : results) {
      for (Measurement measurement : result.measurements()) {
        left = Math.min(left, measurement.intensity());
        right = Math.max(right, measurement.intensity());
        lowest = Math.min(lowest, measurement.flopsPerSecond());
      }
    }
    left /= AIR;
    right *= AIR;
    lowest = Math.min(lowest, left * roofs.bytesPerSecond());
    XYChart chart =
        new XYChartBuilder()
            .width(WIDTH)
            .height(HEIGHT)
            .title("Roofline, " + results.get(0).model())
            .xAxisTitle("Arithmetic intensity, FLOP/byte")
            .yAxisTitle("GFLOP/s")
            .build();
    style(chart, left, right, lowest / AIR / GIGA, peak * AIR / GIGA);
    addMemoryLabel(chart, left);
    List<String> formats = List.copyOf(roofs.products().keySet());
    for (int i = 0; i < formats.size(); i++) {
      // Side by side: roofs of formats that are equally fast lie upon each other.
      addRoof(chart, formats.get(i), left, right, (i + 0.5) / formats.size());
    }
    for (int i = 0; i < results.size(); i++) {
      addPoints(chart, results.get(i), i, right / left);
    }
    return chart;
  }

  private static void style(XYChart chart, double left, double right, double bottom, double top) {
    chart.getStyler().setLocale(Locale.ROOT);
    chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
    chart.getStyler().setXAxisMin(left).setXAxisMax(right);
    chart.getStyler().setYAxisMin(bottom).setYAxisMax(top);
    chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotContentSize(1);
    chart.getStyler().setMarkerSize(MARKER_SIZE);
    chart.getStyler().setAnnotationTextFont(LABELS);
  }

  private void addMemoryLabel(XYChart chart, double left) {
    double x = left * Math.sqrt(AIR);
    String label = String.format(Locale.ROOT, "memory: %,.0f GB/s", roofs.bytesPerSecond() / GIGA);
    double below = x * roofs.bytesPerSecond() / GIGA / LABEL_SHIFT / LABEL_SHIFT;
    chart.addAnnotation(new AnnotationText(label, x * LABEL_SHIFT * LABEL_SHIFT, below, false));
  }

  /**
   * Memory's slope up to the ridge, then the products' level.
   *
   * @param place of the label between ridge and right end, in (0, 1)
   */
  private void addRoof(XYChart chart, String format, double left, double right, double place) {
    double level = roofs.products().get(format).flopsPerSecond();
    double ridge = level / roofs.bytesPerSecond();
    double[] x = {Math.min(left, ridge), ridge, Math.max(right, ridge)};
    double[] y = {x[0] * roofs.bytesPerSecond() / GIGA, level / GIGA, level / GIGA};
    String name = "roof: " + format.toUpperCase(Locale.ROOT) + " products";
    XYSeries series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE).setLineColor(ROOF);
    series.setLineStyle(new BasicStroke(2));
    String label =
        String.format(Locale.ROOT, "%s: %,.0f GFLOP/s", format.toUpperCase(Locale.ROOT), y[1]);
    double at = ridge * Math.pow(x[2] / ridge, place);
    // Under a lower roof, where a higher one may be just above it.
    double beside = format.equals(roofs.fastest()) ? y[1] * LABEL_SHIFT : y[1] / LABEL_SHIFT;
    chart.addAnnotation(new AnnotationText(label, at, beside, false));
  }

  /**
   * The first precision's points have their labels on the left, the others' on the right, because
   * the points of one runner may be near each other.
   *
   * @param span right end of the horizontal axis over its left one
   */
  private static void addPoints(XYChart chart, Results result, int place, double span) {
    for (int i = 0; i < result.measurements().size(); i++) {
      Measurement measurement = result.measurements().get(i);
      String name = measurement.contestant() + ", " + result.precision();
      double x = measurement.intensity();
      double y = measurement.flopsPerSecond() / GIGA;
      XYSeries series = chart.addSeries(name, new double[] {x}, new double[] {y});
      series.setMarker(MARKERS[i % MARKERS.length]);
      series.setMarkerColor(COLOURS[place % COLOURS.length]);
      series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
      double pixels = MARKER_SIZE + LABELS.getStringBounds(name, CONTEXT).getWidth() / 2;
      double shift = Math.pow(span, pixels / PLOT_WIDTH);
      double beside = place == 0 ? x / shift : x * shift;
      chart.addAnnotation(new AnnotationText(name, beside, y, false));
    }
  }
}
