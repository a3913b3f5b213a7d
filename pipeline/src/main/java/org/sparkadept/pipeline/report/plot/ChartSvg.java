package org.sparkadept.pipeline.report.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.util.Locale;
import java.util.function.Consumer;
import org.knowm.xchart.internal.chartpart.AxesChart;
import org.knowm.xchart.style.AxesChartStyler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.pipeline.failure.Messages;

/**
 * What all plots have in common: looks, fonts, and the way from a chart to SVG. Java draws no
 * letter on a machine without any font or without the library that reads them, which slim container
 * images lack; a report is then written without its plots.
 */
final class ChartSvg {
  /** From the drawing's edges to the axes and the plot's inside, in pixels. */
  static final int PADDING = 8;

  /** Why a plot is not there. */
  static final String NO_FONTS =
      "This plot is left out: Java found no fonts on the machine that wrote the report. Install"
          + " fontconfig and a font, for instance DejaVu. The tables hold the numbers.";

  private static final Logger LOG = LoggerFactory.getLogger(ChartSvg.class);
  private static final Color GRID = new Color(0xE4, 0xE4, 0xE8);
  private static final int MARKER_SIZE = 8;
  private static final Font TICKS = new Font(Font.SANS_SERIF, Font.PLAIN, 13);
  private static final Font TITLES = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
  private static final boolean HAS_FONTS = canLayOut(TICKS);

  private ChartSvg() {}

  /** Whether letters can be drawn; if not, the reason is in the log. */
  static boolean hasFonts() {
    return HAS_FONTS;
  }

  /** Lays out a letter; the ways in which that fails differ between Java's builds. */
  private static boolean canLayOut(Font font) {
    try {
      return new TextLayout("0", font, new FontRenderContext(null, true, true)).getAdvance() > 0;
    } catch (LinkageError | InternalError | RuntimeException e) {
      LOG.warn(
          "No plots in the reports, as Java cannot use fonts on this machine: {}",
          Messages.rootCause(e));
      return false;
    }
  }

  /** Sets colours, fonts and grid; legend and title are the page's. */
  static void style(AxesChartStyler styler) {
    styler.setLocale(Locale.ROOT);
    styler.setLegendVisible(false);
    styler.setChartTitleVisible(false);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(GRID);
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setChartPadding(PADDING);
    styler.setPlotContentSize(1);
    styler.setMarkerSize(MARKER_SIZE);
    styler.setAxisTickLabelsFont(TICKS);
    styler.setAxisTitleFont(TITLES);
    styler.setAxisTickLabelsColor(Palette.INK);
    styler.setAxisTickMarksColor(Palette.MUTED);
    styler.setChartFontColor(Palette.INK);
  }

  /**
   * Draws a chart; one at a time, as Batik's number formats are shared.
   *
   * @param content all that is drawn; it tells drawings in one page apart
   * @param below room under the chart, in pixels, for what is drawn over it
   * @param overlay draws what the chart leaves out
   * @param description the drawing in a sentence, for screen readers
   */
  static synchronized String draw(
      AxesChart<?, ?> chart,
      String content,
      int below,
      Consumer<SvgDrawing> overlay,
      String description) {
    SvgDrawing drawing = new SvgDrawing(content + description);
    chart.paint(drawing.graphics(), chart.getWidth(), chart.getHeight());
    overlay.accept(drawing);
    return drawing.markup(chart.getWidth(), chart.getHeight() + below, description);
  }
}
