package org.sparkadept.pipeline.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.pipeline.report.data.Abstention;
import org.sparkadept.pipeline.report.data.Calibration;
import org.sparkadept.pipeline.report.data.ConfidenceBin;
import org.sparkadept.pipeline.report.data.Evaluation;
import org.sparkadept.pipeline.report.data.Explanation;
import org.sparkadept.pipeline.report.data.Fit;
import org.sparkadept.pipeline.report.data.InputCounts;
import org.sparkadept.pipeline.report.data.Report;
import org.sparkadept.pipeline.report.data.RiskCurve;
import org.sparkadept.pipeline.report.html.HtmlReport;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;

class ReportPageTest {
  private static final String HEBREW = "\u05E9\u05DC\u05D5\u05DD";
  private static final List<String> HOSTILE =
      List.of(
          "<script>alert(1)</script>",
          "\"><img src=x onerror=alert(1)>",
          "'quoted' & \"quoted\"",
          "]]><!--",
          "party \uD83C\uDF89",
          HEBREW + " \u202E turned",
          "nul\u0000 bell\u0007 next\u0085line",
          "half \uD83C pair \uDF89",
          "$tex$",
          "");

  static List<Report> reports() {
    return List.of(
        SampleReports.evaluation(SampleReports.labels(14)),
        SampleReports.evaluation(SampleReports.labels(150)),
        SampleReports.evaluation(HOSTILE),
        SampleReports.calibration(),
        SampleReports.abstention(),
        SampleReports.fit(),
        SampleReports.tuning(),
        SampleReports.explanation("A text of some words.", SampleReports.labels(3)),
        SampleReports.explanation(String.join(" ", HOSTILE), HOSTILE));
  }

  @ParameterizedTest
  @MethodSource("reports")
  void isWellFormedAndLoadsNothing(Report report) {
    Page page = Page.parse(HtmlReport.of(report));

    for (Element element : page.elements("*")) {
      assertFalse(
          Set.of("script", "img", "link", "iframe", "object", "embed", "base", "use", "a")
              .contains(element.getTagName()),
          element.getTagName());
      NamedNodeMap attributes = element.getAttributes();
      for (int i = 0; i < attributes.getLength(); i++) {
        String name = attributes.item(i).getNodeName();
        assertFalse(name.matches("(?i)on.*|src|srcset|href|xlink:href|action"), name);
        String value = attributes.item(i).getNodeValue();
        assertTrue(!value.contains("url(") || value.matches("url\\(#[\\w-]+\\)"), value);
      }
    }
    String style = page.elements("style").get(0).getTextContent();
    assertFalse(style.contains("url(") || style.contains("@import"));
  }

  @ParameterizedTest
  @MethodSource("reports")
  void givesTheSameBytesEachTime(Report report) {
    assertEquals(HtmlReport.of(report), HtmlReport.of(report));
  }

  @ParameterizedTest
  @MethodSource("reports")
  void repeatsNoIdAndRefersToThoseItHas(Report report) {
    Page page = Page.parse(HtmlReport.of(report));
    Set<String> ids = new HashSet<>();
    for (Element element : page.elements("*")) {
      assertTrue(!element.hasAttribute("id") || ids.add(element.getAttribute("id")));
    }
    Matcher reference = Pattern.compile("url\\(#([^)]*)\\)").matcher(page.html());
    while (reference.find()) {
      assertTrue(ids.contains(reference.group(1)), reference.group(1));
    }
  }

  @Test
  void showsHostileLabelsAsTheText() {
    Page page = Page.parse(HtmlReport.of(SampleReports.evaluation(HOSTILE)));

    String text = page.text();
    assertTrue(text.contains("<script>alert(1)</script>"));
    assertTrue(text.contains("'quoted' & \"quoted\""));
    assertTrue(text.contains("party \uD83C\uDF89"));
    assertTrue(text.contains("nul\u2400 bell\u2407 next\uFFFDline"));
    assertTrue(text.contains("half \uFFFD pair \uFFFD"));
    assertFalse(page.html().contains("<script"));
    assertTrue(page.elements("bdi").stream().anyMatch(e -> e.getTextContent().startsWith(HEBREW)));
    assertTrue(
        page.elements("text").stream()
            .anyMatch(e -> e.getTextContent().startsWith("<script>alert(1)")));
  }

  @Test
  void plotsEveryPolicyAndFullDepth() {
    Page page = Page.parse(HtmlReport.of(SampleReports.evaluation(SampleReports.labels(14))));

    Element frontier = page.elements("figure").get(0);
    List<String> legend = new ArrayList<>();
    for (int i = 0; i < frontier.getElementsByTagName("li").getLength(); i++) {
      legend.add(frontier.getElementsByTagName("li").item(i).getTextContent());
    }
    assertEquals(List.of("adept", "confidence", "entropy", "patience", "full depth"), legend);
    assertTrue(frontier.getElementsByTagName("path").getLength() > 4 * 9);
  }

  @Test
  void drawsNumbersThatAreNumbers() {
    for (Report report : reports()) {
      Matcher path = Pattern.compile(" d=\"([^\"]*)\"").matcher(HtmlReport.of(report));
      while (path.find()) {
        assertTrue(path.group(1).matches("[MLQCVHZ0-9. -]+"), path.group(1));
      }
    }
  }

  @Test
  void showsTheConfusionMatrixOfFewClassesAndThePairsOfMany() {
    String few =
        Page.parse(HtmlReport.of(SampleReports.evaluation(SampleReports.labels(40)))).text();
    String many =
        Page.parse(HtmlReport.of(SampleReports.evaluation(SampleReports.labels(41)))).text();

    assertFalse(few.contains("Most confused pairs"));
    assertTrue(many.contains("Most confused pairs"));
    assertTrue(many.contains("40 classes of 41"));
  }

  @Test
  void cutsALongTextAndKeepsTheWholeOfIt() {
    String word = "word\uD83C\uDF89 ";
    String text = word.repeat(20_000);

    Page page = Page.parse(HtmlReport.of(SampleReports.explanation(text, List.of("a", "b"))));

    assertTrue(page.elements("details").stream().anyMatch(e -> e.getTextContent().contains(text)));
    assertTrue(page.elements("summary").stream().allMatch(e -> e.getTextContent().length() < 200));
  }

  @Test
  void holdsWithoutRowsClassesExitsOrPoints() {
    List<Report> empty =
        List.of(
            emptyEvaluation(List.of(), 0),
            emptyEvaluation(List.of("only"), 1),
            new Calibration(
                SampleReports.PROVENANCE,
                "out",
                0,
                0,
                SampleReports.risk("adept", 0.01, 0.95, Double.NaN, List.of()),
                List.of()),
            new Calibration(
                SampleReports.PROVENANCE,
                "out",
                1,
                0,
                SampleReports.risk("adept", 0, 0, 1, List.of(new RiskCurve.Point(1, 0, 0, 1))),
                List.of(new ConfidenceBin(0, 1, 1, 1, 1))),
            new Abstention(
                SampleReports.PROVENANCE, "out", 0, 0, 0.9, 0.95, 0.95, Double.NaN, List.of()),
            new Fit(
                SampleReports.PROVENANCE,
                "out",
                0,
                0,
                0,
                List.of(),
                List.of(),
                List.of(),
                1,
                1,
                List.of(),
                Double.NaN,
                List.of(),
                List.of(),
                SampleReports.risk("none", 0, 0, Double.NaN, List.of())),
            new Explanation(
                "", "", "", false, "", 1, List.of(), false, 1, 1, 1, "none", 1, List.of(),
                List.of(), List.of()));
    for (Report report : empty) {
      String text = Page.parse(HtmlReport.of(report)).text();
      assertFalse(text.contains("NaN"), text);
      assertFalse(text.contains("Infinity"), text);
      assertTrue(ReportJson.bytes(report).length > 0);
    }
  }

  private static Evaluation emptyEvaluation(List<String> labels, int exits) {
    List<Evaluation.Exit> rows = new ArrayList<>();
    for (int i = 0; i < exits; i++) {
      rows.add(new Evaluation.Exit(i + 1, 0, Double.NaN, Double.NaN, Double.NaN));
    }
    return new Evaluation(
        SampleReports.PROVENANCE,
        new InputCounts(0, 0, 0, 0, 0, 0, List.of(), List.of()),
        "none",
        Double.NaN,
        0,
        labels,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        0,
        Double.NaN,
        0,
        rows,
        List.of(),
        List.of(),
        0,
        List.of(),
        new long[labels.size()][exits],
        new long[labels.size()][labels.size()],
        null);
  }

  @Test
  void refusesTablesOfAnotherSize() {
    Evaluation good = SampleReports.evaluation(List.of("a", "b"));

    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                new Evaluation(
                    good.provenance(),
                    good.input(),
                    good.policy(),
                    good.threshold(),
                    good.rows(),
                    good.labels(),
                    good.accuracy(),
                    good.agreement(),
                    good.compute(),
                    good.computeOfCheckpoint(),
                    good.seconds(),
                    good.fullDepthAccuracy(),
                    good.fullDepthSeconds(),
                    good.exits(),
                    good.frontier(),
                    good.reliability(),
                    good.minScore(),
                    good.coverage(),
                    good.exitHistogramPerLabel(),
                    new long[2][3],
                    null));

    assertTrue(refused.getMessage().contains("confusion has 3 columns"), refused.getMessage());
  }
}
