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
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.Classifications;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.ExitTrace;

/**
 * The shipped model answers real texts as the reference does: same labels, same exit layers but
 * where π lies at τ, scores within {@value #TOLERANCE}.
 */
class ShippedModelTest {
  private static final double TOLERANCE = 1e-3;
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path MODEL = ROOT.resolve("models/adept-dbpedia14");
  private static final Path DEMO =
      ROOT.resolve("pipeline/src/main/resources/org/sparkadept/pipeline/demo/sample.jsonl");
  private static final Path TEST_SPLIT = ROOT.resolve("../shared/data/dbpedia14/test.jsonl.gz");

  @BeforeAll
  static void needsADevice() {
    TestDevice.orSkip();
  }

  @Test
  void theDemoSampleLeavesEarlyAsItDoesOnTheReference() throws IOException {
    assertSame(texts(DEMO, 400), DecoderOptions.defaults());
  }

  @Test
  void atFullDepthTheAnswersAreTheSame() throws IOException {
    assertSame(texts(DEMO, 12), DecoderOptions.defaults().withPolicy("none", Float.NaN));
  }

  @Test
  void theTestSplitLeavesEarlyAsItDoesOnTheReference() throws IOException {
    Assumptions.assumeTrue(Files.exists(TEST_SPLIT), "skipped: there is no " + TEST_SPLIT);
    assertSame(texts(TEST_SPLIT, 400), DecoderOptions.defaults());
  }

  private static void assertSame(byte[][] texts, DecoderOptions options) {
    assertTrue(texts.length > 0, "no texts");
    try (Decoder reference = Decoder.open(MODEL, options.withBackend("reference"));
        Decoder tested = Decoder.open(MODEL, options.withBackend("tornadovm"))) {
      Classifications expected = reference.classify(texts);
      Classifications found = tested.classify(texts);
      for (int row = 0; row < texts.length; row++) {
        String where = "row " + row + ": " + new String(texts[row], StandardCharsets.UTF_8);
        assertEquals(expected.label(row), found.label(row), where);
        if (expected.exitLayer(row) == found.exitLayer(row)) {
          assertEquals(expected.score(row), found.score(row), TOLERANCE, where);
        } else {
          assertAtThreshold(reference, texts[row], expected.exitLayer(row), found.exitLayer(row));
        }
      }
    }
  }

  /** The exit that only one of the two took was a near thing. */
  private static void assertAtThreshold(Decoder reference, byte[] text, int one, int other) {
    ExitTrace trace = reference.trace(new byte[][] {text}, false)[0];
    int exit = reference.exitLayers().indexOf(Math.min(one, other));
    float threshold = 0.6899745f;
    assertEquals(threshold, trace.preferences()[exit], TOLERANCE, "π where only one left");
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
