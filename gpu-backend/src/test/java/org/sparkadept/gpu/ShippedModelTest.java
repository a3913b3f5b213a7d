package org.sparkadept.gpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.ExitTrace;

/**
 * The shipped model answers real texts like the reference: the same labels except for ties, the
 * same exit layers except where π is at τ, and scores within the {@linkplain Arithmetic#tolerance
 * tolerance}. {@code -Dshipped.rows=N} takes more rows of the test split.
 */
class ShippedModelTest {
  private static final Logger LOG = LoggerFactory.getLogger(ShippedModelTest.class);
  private static final int ROWS = Integer.getInteger("shipped.rows", 400);
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path MODEL = ROOT.resolve("models/adept-dbpedia14");
  private static final Path DEMO =
      ROOT.resolve("pipeline/src/main/resources/org/sparkadept/pipeline/demo/sample.jsonl");
  private static final Path TEST_SPLIT = ROOT.resolve("../shared/data/dbpedia14/test.jsonl.gz");

  @ParameterizedTest
  @EnumSource
  void theDemoSampleExitsAsOnTheReference(Arithmetic arithmetic) throws IOException {
    assertSame(texts(DEMO, 400), ClassifierOptions.defaults(), arithmetic);
  }

  @ParameterizedTest
  @EnumSource
  void atFullDepthTheAnswersAreTheSame(Arithmetic arithmetic) throws IOException {
    ClassifierOptions fullDepth = ClassifierOptions.defaults().atFullDepth();
    assertSame(texts(DEMO, 12), fullDepth, arithmetic);
  }

  @ParameterizedTest
  @EnumSource
  void theTestSplitExitsAsOnTheReference(Arithmetic arithmetic) throws IOException {
    Assumptions.assumeTrue(Files.exists(TEST_SPLIT), "skipped: " + TEST_SPLIT + " is missing");
    assertSame(texts(TEST_SPLIT, ROWS), ClassifierOptions.defaults(), arithmetic);
  }

  private static void assertSame(byte[][] texts, ClassifierOptions options, Arithmetic arithmetic)
      throws IOException {
    assertTrue(texts.length > 0, "no texts");
    arithmetic.orSkip();
    double tolerance = arithmetic.tolerance();
    int ties = 0;
    int atThreshold = 0;
    double largest = 0;
    ComputeOptions plain = ComputeOptions.defaults().withBackend("reference");
    try (LoadedModel referenceModel = LoadedModel.open(MODEL, plain);
        LoadedModel tested = LoadedModel.open(MODEL, arithmetic.options())) {
      Classifier reference = referenceModel.classifier(options);
      Classifications expected = reference.classify(texts, true);
      Classifications found = tested.classifier(options).classify(texts, true);
      for (int row = 0; row < texts.length; row++) {
        String where = "row " + row + ": " + new String(texts[row], StandardCharsets.UTF_8);
        if (expected.exitLayer(row) != found.exitLayer(row)) {
          int earlier = Math.min(expected.exitLayer(row), found.exitLayer(row));
          assertAtThreshold(reference, texts[row], earlier, tolerance, where);
          atThreshold++;
          continue;
        }
        double difference = largestDifference(expected.probabilities(row), found, row);
        assertEquals(0, difference, tolerance, where);
        largest = Math.max(largest, difference);
        if (expected.labelIndex(row) != found.labelIndex(row)) {
          float other = expected.probabilities(row)[found.labelIndex(row)];
          assertEquals(expected.score(row), other, 2 * tolerance, "a tie: " + where);
          ties++;
        }
      }
    }
    LOG.info(
        "{} rows in {}: {} ties, {} at τ with another exit layer; largest difference {}",
        texts.length,
        arithmetic,
        ties,
        atThreshold,
        largest);
  }

  private static double largestDifference(float[] expected, Classifications found, int row) {
    double largest = 0;
    for (int label = 0; label < expected.length; label++) {
      double difference = Math.abs(expected[label] - found.probabilities(row)[label]);
      largest = Math.max(largest, difference);
    }
    return largest;
  }

  /** At the exit that only one of the two took, π is at the threshold. */
  private static void assertAtThreshold(
      Classifier reference, byte[] text, int earlier, double tolerance, String where)
      throws IOException {
    ExitTrace trace = reference.trace(new byte[][] {text}, false)[0];
    JsonNode adept = new ObjectMapper().readTree(MODEL.resolve("adept.json").toFile());
    double threshold = adept.at("/policy/threshold").doubleValue();
    float preference = trace.preferences()[reference.exitLayers().indexOf(earlier)];
    assertEquals(threshold, preference, tolerance, "π at the exit of only one, " + where);
  }

  private static byte[][] texts(Path file, int most) throws IOException {
    List<byte[]> texts = new ArrayList<>();
    ObjectMapper json = new ObjectMapper();
    try (InputStream in = Files.newInputStream(file);
        InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine();
          line != null && texts.size() < most;
          line = lines.readLine()) {
        JsonNode row = json.readTree(line);
        texts.add(row.get("text").asText().getBytes(StandardCharsets.UTF_8));
      }
    }
    return texts.toArray(byte[][]::new);
  }
}
