package org.sparkadept.benchmarks.real;

import java.awt.Color;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.sparkadept.benchmarks.real.StaticReadOuts.ReadOut;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.pipeline.report.plot.Axis;
import org.sparkadept.pipeline.report.plot.Figure;
import org.sparkadept.pipeline.report.plot.Figure.LegendKey;
import org.sparkadept.pipeline.report.plot.LinePlot;
import org.sparkadept.pipeline.report.plot.LinePlot.Point;
import org.sparkadept.pipeline.report.plot.Palette;

/** Accuracy against compute: one drawing for each data set, one under the other, as SVG. */
final class Picture {
  private static final int WIDTH = 660;
  private static final int PLOT_HEIGHT = 400;
  private static final int MARGIN = 10;
  private static final int LINE = 20;

  private Picture() {}

  /** The SVG file's text; empty where nothing can be drawn on this machine. */
  static String of(List<DataSetResult> results) {
    StringBuilder content = new StringBuilder();
    int y = MARGIN;
    for (DataSetResult result : results) {
      Figure figure = figure(result);
      if (figure.drawings().isEmpty()) {
        continue;
      }
      content.append(text(MARGIN, y + LINE, "bold", "#222222", result.name()));
      y += LINE + MARGIN;
      content.append("<g transform=\"translate(").append(MARGIN).append(' ').append(y);
      content.append(")\">").append(figure.drawings().get(0)).append("</g>\n");
      y += PLOT_HEIGHT;
      for (LegendKey key : figure.legend()) {
        y += LINE;
        content.append(text(4 * MARGIN, y, "normal", Palette.hex(key.color()), sign(key)));
        content.append(text(8 * MARGIN, y, "normal", "#222222", key.name()));
      }
      y += 2 * LINE;
    }
    return content.isEmpty()
        ? ""
        : String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%2$d\""
                + " viewBox=\"0 0 %1$d %2$d\" font-family=\"sans-serif\" font-size=\"14\">%n"
                + "<rect width=\"%1$d\" height=\"%2$d\" fill=\"#ffffff\"/>%n%3$s</svg>%n",
            WIDTH,
            y,
            content);
  }

  private static Figure figure(DataSetResult result) {
    LinePlot plot =
        new LinePlot(
            Axis.shares("FLOPs, share of the checkpoint's").withRatios(), Axis.shares("Accuracy"));
    List<Point> points = new ArrayList<>();
    int lines = 0;
    if (result.readOuts() != null) {
      for (ExitHead.Input input : ExitHead.Input.values()) {
        List<ReadOut> line =
            result.readOuts().result().readOuts().stream()
                .filter(readOut -> readOut.input().equals(input.toString()))
                .toList();
        plot.line("static, frozen, ridge: " + input, points(line));
        points.addAll(points(line));
        lines++;
      }
    }
    if (result.frozen() != null) {
      add(plot, "frozen", lines, result.frozen().result(), points);
    }
    if (result.tuned() != null) {
      add(
          plot,
          "tuned",
          result.frozen() == null ? lines : lines + 2,
          result.tuned().result(),
          points);
    }
    if (result.tfIdf() != null && !points.isEmpty()) {
      level(plot, result.tfIdf().result().accuracy(), points);
    }
    return plot.figure("Accuracy against compute on " + result.name());
  }

  /** The exits of a model, each as a static read-out, and the model itself in their colour. */
  private static void add(LinePlot plot, String kind, int place, Fitted model, List<Point> points) {
    plot.line("static, " + kind + ", exits", points(model.exits()));
    plot.point("fitted, " + kind, Palette.series(place), at(model));
    points.addAll(points(model.exits()));
    points.add(at(model));
  }

  private static void level(LinePlot plot, double accuracy, List<Point> points) {
    Comparator<Point> byCompute = Comparator.comparingDouble(Point::x);
    Color color = Palette.MUTED;
    plot.dashes(
        "TF-IDF",
        color,
        new Point(points.stream().min(byCompute).orElseThrow().x(), accuracy),
        new Point(points.stream().max(byCompute).orElseThrow().x(), accuracy));
  }

  private static List<Point> points(List<ReadOut> readOuts) {
    return readOuts.stream()
        .map(readOut -> new Point(readOut.compute(), readOut.accuracy()))
        .toList();
  }

  private static Point at(Fitted model) {
    return new Point(model.compute(), model.accuracy());
  }

  private static String sign(LegendKey key) {
    return switch (key.sign()) {
      case CIRCLE -> "─●─";
      case SQUARE -> "─■─";
      case TRIANGLE -> "─▲─";
      case DIAMOND -> "─◆─";
      case POINT -> "✕";
      case DASHES -> "╌╌╌";
      case LINE, AREA -> "───";
    };
  }

  private static String text(int x, int y, String weight, String color, String text) {
    return String.format(
        "<text x=\"%d\" y=\"%d\" font-weight=\"%s\" fill=\"%s\">%s</text>%n",
        x, y, weight, color, text.replace("&", "&amp;").replace("<", "&lt;"));
  }
}
