package org.sparkadept.pipeline.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.output.OutputException;
import org.sparkadept.pipeline.report.data.Report;
import org.w3c.dom.Element;

class ReportWriterTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  static List<Report> reports() {
    return ReportPageTest.reports();
  }

  @ParameterizedTest
  @MethodSource("reports")
  void theNumbersOnThePageAreThoseOfTheJson(Report report) throws IOException {
    ReportWriter.ReportFiles files = ReportWriter.write(report, folder, "report");

    Set<Double> written = new HashSet<>();
    collectNumbers(JSON.readTree(files.json().toFile()), written);
    List<Element> shown = Page.parse(Files.readString(files.html())).elements("data");
    assertTrue(shown.size() > 10);
    for (Element number : shown) {
      double value = Double.parseDouble(number.getAttribute("value"));
      assertTrue(written.contains(value), value + " is not in the JSON file");
      assertRounded(value, number.getTextContent());
    }
  }

  /** What is read differs from the value by less than one unit of the last digit shown. */
  private static void assertRounded(double value, String shown) {
    String digits = shown.replaceAll("[,%s\u00A0]", "").replaceAll("(?<=\\d)min$", "");
    if (digits.contains("h")) {
      return;
    }
    double scale = shown.endsWith("%") ? 100 : 1;
    int point = digits.indexOf('.');
    double unit = point < 0 ? 1 : Math.pow(10, -(digits.length() - point - 1));
    if (digits.contains("e")) {
      unit = Math.abs(value) / 100;
    }
    assertEquals(value * scale, Double.parseDouble(digits), unit, shown);
  }

  private static void collectNumbers(JsonNode node, Set<Double> numbers) {
    if (node.isNumber()) {
      numbers.add(node.doubleValue());
    }
    node.forEach(child -> collectNumbers(child, numbers));
  }

  @Test
  void theJsonHoldsEveryComponentUnderItsName() throws IOException {
    ReportWriter.ReportFiles files =
        ReportWriter.write(
            SampleReports.evaluation(List.of("a", "half \uD83C")), folder, "evaluation");

    JsonNode json = JSON.readTree(files.json().toFile());
    assertEquals(1, json.path("format_version").asInt());
    assertEquals("evaluation", json.path("report").asText());
    assertEquals("/models/adept-sample", json.path("provenance").path("model").asText());
    assertEquals(0.97623, json.path("full_depth_accuracy").asDouble());
    assertEquals(36, json.path("frontier").size());
    assertEquals(4876, json.path("confusion").path(1).path(1).asLong());
    assertEquals(8, json.path("exit_histogram_per_label").path(0).size());
    assertTrue(json.path("exits").path(6).path("accuracy_here").isNull());
    assertEquals("half \uFFFD", json.path("labels").path(1).asText());
  }

  @Test
  void putsBothFilesInPlaceOfOldOnesAndLeavesNothingElse() throws IOException {
    Files.writeString(folder.resolve("fit.html"), "old");

    ReportWriter.write(SampleReports.fit(), folder, "fit");
    byte[] first = Files.readAllBytes(folder.resolve("fit.json"));
    ReportWriter.write(SampleReports.fit(), folder, "fit");

    assertEquals(Set.of("fit.html", "fit.json"), names());
    assertTrue(Files.readString(folder.resolve("fit.html")).startsWith("<!DOCTYPE html>"));
    assertEquals(JSON.readTree(first), JSON.readTree(folder.resolve("fit.json").toFile()));
  }

  @Test
  void makesTheFolder() {
    Path deep = folder.resolve("a").resolve("b");

    ReportWriter.write(SampleReports.fit(), deep, "fit");

    assertTrue(Files.isRegularFile(deep.resolve("fit.html")));
  }

  @Test
  void aFileInTheFoldersPlaceIsTold() throws IOException {
    Path file = Files.writeString(folder.resolve("taken"), "");

    AdeptException thrown =
        assertThrows(
            OutputException.class, () -> ReportWriter.write(SampleReports.fit(), file, "fit"));

    assertTrue(thrown.getMessage().contains(file.resolve("fit.html").toString()));
  }

  @Test
  void aNameThatIsTakenByAFolderIsToldAndNothingIsLeft() throws IOException {
    Files.createDirectories(folder.resolve("fit.html").resolve("inside"));

    AdeptException thrown =
        assertThrows(
            OutputException.class, () -> ReportWriter.write(SampleReports.fit(), folder, "fit"));

    assertTrue(thrown.getMessage().contains("fit.html"), thrown.getMessage());
    assertEquals(Set.of("fit.html"), names());
  }

  /** The unfinished JSON file is led to a device that is always full. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullDiskIsToldAndTheOldReportStays() throws IOException {
    Files.writeString(folder.resolve("fit.html"), "old");
    Files.createSymbolicLink(folder.resolve(".fit.json.part"), Path.of("/dev/full"));

    AdeptException thrown =
        assertThrows(
            OutputException.class, () -> ReportWriter.write(SampleReports.fit(), folder, "fit"));

    assertTrue(thrown.getMessage().contains("fit.json"), thrown.getMessage());
    assertTrue(thrown.getMessage().contains("No space left"), thrown.getMessage());
    assertEquals("old", Files.readString(folder.resolve("fit.html")));
    assertEquals(Set.of("fit.html"), names());
    assertFalse(Files.exists(folder.resolve("fit.json")));
  }

  private Set<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      Set<String> names = new HashSet<>();
      files.forEach(file -> names.add(file.getFileName().toString()));
      return names;
    }
  }
}
