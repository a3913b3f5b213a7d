package org.sparkadept.benchmarks.real;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.StringReader;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.sparkadept.benchmarks.step.Step;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class ResultTextTest {
  private static List<String> lines(SampleResults sample) {
    DataSetResult result = sample.result();
    return ResultText.of(result, Checks.of(result)).lines().toList();
  }

  @Test
  void theTableHasALineForEachWay() {
    List<String> lines = lines(new SampleResults());
    assertTrue(
        lines.get(1).contains("calibration about 800 rows, on which at most 2"), lines.get(1));
    assertEquals(
        List.of(
            "| TF-IDF of words and bigrams, logistic regression | | 85.00 % (83.00 % to 87.00 %) |"
                + " | | | |",
            "| best static read-out, frozen, ridge (class_token) | 8 | 88.00 % | | 70.00 % | | |",
            "| best static exit, frozen (class_token) | 2 | 86.00 % | | 20.00 % | | |",
            "| fitted, frozen | 6 (88.50 %) | 88.20 % | 99.50 % | 12.00 % | 10.00 % | 1.60 passes |",
            "| best static exit, tuned (class_token_and_mean) | 6 | 90.00 % | | 50.00 % | | |",
            "| fitted, tuned | 6 (88.50 %) | 92.00 % | 99.50 % | 5.00 % | 4.58 % | 18.00 passes |"),
        lines.subList(5, 11));
    assertTrue(lines.contains("| adept tune | 13 | abc |"), lines.toString());
    assertEquals(12, lines.stream().filter(line -> line.contains(" | pass | ")).count());
  }

  @Test
  void theSummaryHasAColumnForEachDataSet() {
    SampleResults frozenOnly = new SampleResults();
    frozenOnly.tuned = null;
    frozenOnly.readOuts = null;
    List<DataSetResult> both = List.of(new SampleResults().result(), frozenOnly.result());
    Map<String, List<Check>> none = Map.of(both.get(0).name(), List.of());
    Results results = new Results(List.of(), "abc", Machine.here(), "model", "hash", both, none);
    List<String> lines = ResultText.of(results).lines().toList();
    assertEquals(
        List.of(
            "| accuracy, FLOPs of the checkpoint's | trec6 <&> | trec6 <&> |",
            "|---|---|---|",
            "| TF-IDF, logistic regression | 85.00 % | 85.00 % |",
            "| best static read-out, frozen, ridge | 88.00 %, 70.00 % |  |",
            "| best static exit, frozen | 86.00 %, 20.00 % | 86.00 %, 20.00 % |",
            "| fitted, frozen | 88.20 %, 12.00 % | 88.20 %, 12.00 % |",
            "| best static exit, tuned | 90.00 %, 50.00 % |  |",
            "| fitted, tuned | 92.00 %, 5.00 % |  |"),
        lines.subList(2, 10));
  }

  @Test
  void skippedStepsHaveNoLines() {
    SampleResults sample = new SampleResults();
    sample.tfIdf = null;
    sample.readOuts = null;
    sample.tune = null;
    sample.tuned = null;
    sample.tunedTime = null;
    List<String> lines = lines(sample);
    assertTrue(lines.get(6).startsWith("| fitted, frozen |"), lines.get(6));
    assertEquals("", lines.get(7));
    assertTrue(lines.stream().noneMatch(line -> line.contains("tune")), lines.toString());
  }

  @Test
  void theTimeOfAnInterruptedFitIsNotKnown() {
    SampleResults sample = new SampleResults();
    sample.fit = new Step<>(null, "abc", "", 3, true, sample.fit.result());
    List<String> lines = lines(sample);
    assertTrue(lines.get(8).endsWith("| not known |"), lines.get(8));
    assertTrue(lines.contains("| adept fit, interrupted | 3 | abc |"), lines.toString());
  }

  @Test
  void thePictureHasADrawingAndALegendForEachDataSet() throws Exception {
    String svg = Picture.of(List.of(new SampleResults().result(), new SampleResults().result()));
    assertFalse(svg.isEmpty());
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    Document document = factory.newDocumentBuilder().parse(new InputSource(new StringReader(svg)));
    assertEquals(3, document.getElementsByTagName("svg").getLength());
    for (String name :
        List.of(
            "trec6 &lt;&amp;>",
            "static, frozen, ridge: class_token",
            "static, frozen, exits",
            "static, tuned, exits",
            "fitted, frozen",
            "fitted, tuned",
            "TF-IDF")) {
      assertEquals(2, svg.split(">" + name + "</text>", -1).length - 1, name);
    }
  }
}
