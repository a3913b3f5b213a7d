package org.sparkadept.pipeline.report.plot;

import java.awt.BasicStroke;
import java.awt.Color;
import java.util.Locale;
import java.util.function.Consumer;
import org.knowm.xchart.internal.chartpart.AxesChart;
import org.knowm.xchart.style.AxesChartStyler;
import org.sparkadept.pipeline.report.html.Palette;

/** What all plots have in common: their looks, and the way from a chart to SVG. */
final class ChartSvg {
  private static final Color GRID = new Color(0xE4, 0xE4, 0xE8);

  /** From the drawing's edges to the axes and the plot's inside, in pixels. */
  static final int PADDING = 8;

  private static final int MARKER_SIZE = 8;

  private ChartSvg() {}

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
    styler.setAxisTickLabelsFont(Fonts.TICKS);
    styler.setAxisTitleFont(Fonts.TITLES);
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
   * @param description the drawing in a sentence, for those who do not see it
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
