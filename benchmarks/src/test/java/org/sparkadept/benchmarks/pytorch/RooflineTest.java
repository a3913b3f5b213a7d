package org.sparkadept.benchmarks.pytorch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.XYChart;
import org.sparkadept.benchmarks.measure.Rounds;
import org.sparkadept.benchmarks.measure.Rounds.Spread;
import org.sparkadept.benchmarks.pytorch.Results.Measurement;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.model.ModelConfig;

class RooflineTest {
  private static final Roofs ROOFS =
      new Roofs(
          100e9,
          Map.of("f32", new Roofs.Product(4096, 10e12), "f16", new Roofs.Product(8192, 80e12)));

  @TempDir private Path folder;

  @Test
  void theRoofIsMemorysUpToTheRidgeAndTheProductsAboveIt() {
    assertEquals(5e12, ROOFS.at("f32", 50));
    assertEquals(10e12, ROOFS.at("f32", 100));
    assertEquals(10e12, ROOFS.at("f32", 1000));
    assertEquals(80e12, ROOFS.at("f16", 1000));
    assertTrue(Double.isNaN(ROOFS.at("tf32", 1)));
    assertEquals("f16", ROOFS.fastest());
  }

  @Test
  void trafficIsThatOfTheProductsThatRun() throws IOException {
    RandomModel.write(folder, ModelSize.parse("3x64"), 1);
    ModelConfig config;
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      config = directory.config();
    }

    Traffic traffic = Traffic.of(config, new int[] {10, 5}, new int[] {1, 2});

    // 2 heads of 32, each with its own keys; an inner width of 192.
    long keyValue = 64 + 2 * 64 + 2 * 64;
    long rest = 64 + 2 * 64 + (64 + 64) + (64 + 2 * 192) + (192 + 64);
    long first = 10 * 64 + 10 * keyValue + rest;
    long second = 5 * 64 + 2 * 5 * keyValue + (5 + 1) * rest;
    assertEquals(first + second, traffic.values());
    assertEquals(2 * (4 * 64 * 64 + 3 * 64 * 192), traffic.weights());
    assertEquals(2 * traffic.weights() + 4 * traffic.values(), traffic.bytes(2, 4));
  }

  @Test
  void ratiosAreOfTheSameRound() {
    Rounds rounds = new Rounds(new double[][] {{2, 4, 1}, {4, 4, 3}});

    assertEquals(new Spread(2, 1, 3), rounds.speedup(0, 1));
    assertEquals(new Spread(1, 1, 1), rounds.speedup(1, 1));
    assertEquals(new Spread(2, 1, 4), rounds.seconds(0));
    assertEquals(2.5, Spread.of(4, 1, 3, 2).median());
  }

  @Test
  void everyPointAndEveryRoofIsInThePictureAndInTheTable() throws IOException {
    Results results =
        new Results(
            "8x256",
            "exits set",
            Precision.F16,
            100,
            6400,
            8192,
            0.125,
            List.of(
                measurement("tornadovm, none", 0.75, 0.5, "f32"),
                measurement("PyTorch, full depth", 1, 0, "f16"),
                measurement("tornadovm, ADEPT", 1.25, 1.5, "f32")));

    String text = ResultText.of(results);
    assertTrue(text.contains("| tornadovm, none | 50 | 0.75 | 0.65 to 0.85 | 0.5, met |"), text);
    assertTrue(
        text.contains("| tornadovm, ADEPT | 50 | 1.25 | 1.15 to 1.35 | 1.5, missed |"), text);
    assertTrue(text.contains("| 2.00 | 5,000.0 | 20.0 | 25.0 % of F16 | 1.0e-04 |"), text);
    assertTrue(text.contains("up to 8,192 tokens, 12.5 % padding"), text);
    assertTrue(ResultText.of(ROOFS).contains("| matrix product in F32, 4,096 × 4,096 | 10,000.0"));

    assumeTrue(RooflinePicture.undrawable().isEmpty(), "this machine has no fonts");
    RooflinePicture picture = new RooflinePicture(ROOFS, List.of(results));
    XYChart chart = picture.chart();
    assertEquals(2 + 3, chart.getSeriesCollection().size());
    assertEquals(5000, chart.getSeries("tornadovm, ADEPT, F16").getYData()[0]);
    assertTrue(chart.getStyler().isXAxisLogarithmic() && chart.getStyler().isYAxisLogarithmic());
    Path file = folder.resolve("roofline.png");
    picture.write(file);
    BufferedImage drawn = ImageIO.read(file.toFile());
    assertEquals(2200, drawn.getWidth());
  }

  private static Measurement measurement(String name, double speedup, double aim, String format) {
    return new Measurement(
        name,
        new double[] {2, 2, 2},
        new Spread(50, 50, 50),
        new Spread(speedup, speedup - 0.1, speedup + 0.1),
        aim,
        new TreeMap<>(Map.of(2, 100)),
        2,
        10_000_000_000_000L,
        500_000_000_000L,
        format,
        5e12,
        0.25,
        new Agreement(1e-4, 3, 1));
  }
}
