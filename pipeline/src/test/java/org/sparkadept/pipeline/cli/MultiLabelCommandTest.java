package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.demo.DemoSample;
import org.sparkadept.pipeline.failure.ExitCode;

/**
 * Rows with several labels, from a table to answers with a guarantee: each is made of the
 * beginnings of two texts of the shipped sample, with the topics of both, over the shipped model's
 * backbone.
 */
class MultiLabelCommandTest extends CommandTest {
  private static final Path SHIPPED = Path.of("../models/adept-dbpedia14");
  private static final int BEGINNING = 70;
  private static final String NONE = "none";
  private static final String ALL = "--label-column=topics";

  /** Writes rows of two texts, of one, and of nonsense, which has a label of its own. */
  private Path writeRows(String name, int count, long seed) throws IOException {
    Path sample = folder.resolve("sample.jsonl");
    DemoSample.copyTo(sample);
    List<JsonNode> texts = new ArrayList<>();
    for (String line : Files.readAllLines(sample)) {
      texts.add(JsonEdit.read(line));
    }
    Random random = new Random(seed);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      JsonNode first = texts.get(random.nextInt(texts.size()));
      JsonNode second = texts.get(random.nextInt(texts.size()));
      ObjectNode row = new ObjectMapper().createObjectNode().put("id", i);
      if (i % 15 == 0) {
        row.put("text", "tirra lirra " + random.nextInt(100_000)).putArray("topics").add(NONE);
      } else if (i % 5 == 0) {
        row.put("text", beginning(first) + i)
            .putArray("topics")
            .add(topic(first))
            .add(topic(first));
      } else {
        row.put("text", beginning(first) + " " + beginning(second));
        row.putArray("topics").add(topic(first)).add(topic(second));
      }
      lines.add(row.toString());
    }
    return Files.write(folder.resolve(name), lines);
  }

  private static String beginning(JsonNode row) {
    String text = row.get(DemoSample.TEXT).asText();
    return text.substring(0, Math.min(text.length(), BEGINNING));
  }

  private static String topic(JsonNode row) {
    return row.get(DemoSample.TOPIC).asText();
  }

  private static CommandRun run(String command, Path table, Path model, Object... more) {
    List<Object> args = new ArrayList<>(List.of(command, "-i", table, "-f", "json"));
    args.addAll(List.of("--model", model));
    args.addAll(List.of(more));
    return CommandRun.of(args.toArray());
  }

  @Test
  void aTableOfArraysMakesAMultiLabelModelThatAllCommandsTake() throws IOException {
    Path table = writeRows("in.json", 900, 1);
    Path fitted = folder.resolve("fitted");
    Object[] options = {
      "-l=topics",
      "-o",
      fitted,
      "--heads=fit",
      "--depth=full",
      "--no-token-exit",
      "--max-disagreement=0.1"
    };
    run("fit", table, SHIPPED, options)
        .assertOk("of the rows have exactly the right labels", "threshold τ");
    JsonNode json = JsonEdit.read(fitted.resolve("adept.json"));
    assertEquals("multi_label", json.get("problem_type").asText());
    assertEquals(15, json.get("label_thresholds").size());
    assertEquals(15, json.get("labels").size(), "a label that is there twice counts once");

    Path unseen = writeRows("unseen.json", 400, 2);
    String unlabelled = "{\"id\": 400, \"text\": \"nothing known\", \"topics\": []}";
    Files.write(unseen, List.of(unlabelled), StandardOpenOption.APPEND);
    run("classify", unseen, fitted, "-o", output, "--output-format=parquet").assertOk();
    List<Row> rows = result().orderBy("id").collectAsList();
    List<String> names = Arrays.asList(rows.get(0).schema().fieldNames());
    int label = names.indexOf("label");
    assertEquals(
        List.of("label", "score", "labels", "exit_layer"), names.subList(label, label + 4));
    Figures figures = new Figures();
    assertEquals(401, rows.size());
    rows.subList(0, 400).forEach(figures::add);
    assertTrue(figures.microF1() > 0.6, "F1 " + figures.microF1());

    Path report = folder.resolve("report");
    run("evaluate", unseen, fitted, ALL, "--report", report)
        .assertOk("micro-F1", "have exactly the right labels", "no label");
    JsonNode evaluation = JsonEdit.read(report.resolve("evaluation.json"));
    assertEquals(1, evaluation.at("/input/null_labels").asLong(), "an empty array is no label");
    assertEquals(figures.exact / 400.0, evaluation.get("accuracy").asDouble(), 1e-9);
    assertEquals(figures.microF1(), evaluation.at("/multi_label/micro_f1").asDouble(), 1e-9);
    double agreement = evaluation.get("agreement").asDouble();
    assertTrue(agreement > 0.8, "agreement " + agreement);
    assertTrue(
        evaluation.get("compute").asDouble() < 1, run("evaluate", unseen, fitted, ALL).out());
    for (JsonNode at : evaluation.at("/multi_label/labels")) {
      long having =
          rows.stream().filter(row -> topics(row).contains(at.get("label").asText())).count();
      assertEquals(having, at.get("rows").asLong());
    }

    Path calibrated = folder.resolve("calibrated");
    run("calibrate", unseen, fitted, ALL, "-o", calibrated, "--max-disagreement=0.2", "--delta=0.1")
        .assertOk("Threshold written");
    JsonNode again = JsonEdit.read(calibrated.resolve("adept.json"));
    assertEquals(json.get("label_thresholds"), again.get("label_thresholds"));
    assertEquals(figures.exact / 400.0, again.at("/calibration/accuracy").asDouble(), 0.2);

    CommandRun.of("explain", "--text", rows.get(1).getAs("text"), "--model", fitted)
        .assertOk("least settled", " %");
    CommandRun.of("inspect", fitted).assertOk("15 (multi-label)");
    run("evaluate", ofOneLabel(table), fitted, "-l=topic")
        .assertFails(ExitCode.UNUSABLE, "The model is multi-label", "must be ARRAY<STRING>");
    Path refit = folder.resolve("refit");
    run("fit", ofOneLabel(table), fitted, "-l=topic", "--heads=keep", "-o", refit)
        .assertFails(ExitCode.UNUSABLE, "cannot be kept", "multi-label");
  }

  /** What the answers are worth, counted one by one. */
  private static final class Figures {
    private int exact;
    private int hits;
    private int hadOrAnswered;

    private void add(Row row) {
      List<Row> labels = row.getList(row.fieldIndex("labels"));
      Set<String> answer = new HashSet<>();
      labels.forEach(at -> answer.add(at.getString(0)));
      Set<String> truth = topics(row);
      exact += answer.equals(truth) ? 1 : 0;
      hadOrAnswered += answer.size() + truth.size();
      if (answer.isEmpty()) {
        assertNull(row.getAs("label"));
      } else {
        assertEquals(labels.get(0).getString(0), row.getAs("label"));
        assertEquals(labels.get(0).getFloat(1), row.<Float>getAs("score"), 0f);
      }
      answer.retainAll(truth);
      hits += answer.size();
    }

    private double microF1() {
      return 2.0 * hits / hadOrAnswered;
    }
  }

  private static Set<String> topics(Row row) {
    return new TreeSet<>(row.<String>getList(row.fieldIndex("topics")));
  }

  /** The table with one label for each row. */
  private Path ofOneLabel(Path table) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(table)) {
      JsonNode row = JsonEdit.read(line);
      ObjectNode single = new ObjectMapper().createObjectNode();
      single.put("text", row.get("text").asText());
      lines.add(single.put("topic", row.at("/topics/0").asText("Village")).toString());
    }
    return Files.write(folder.resolve("topics.json"), lines);
  }

  private void assertFitFails(String labels, String... said) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String own = i == 7 ? labels : i % 2 == 0 ? "[\"a\"]" : "[\"b\"]";
      lines.add("{\"text\": \"row " + i + "\", \"topics\": " + own + "}");
    }
    Path table = Files.write(folder.resolve("odd.json"), lines);
    run("fit", table, model, "-l=topics", "-o", output, "--no-token-exit")
        .assertFails(ExitCode.UNUSABLE, said);
  }

  @Test
  void labelsThatCannotBeLearnedAreTold() throws IOException {
    model = TinyCheckpoint.llama().withoutHead().write(folder.resolve("model"));
    String some = "1 rows have no label in column 'topics' ";
    assertFitFails("[]", some + "(NULL: 0, empty array: 1), and 0 rows", "such as 'none'");
    assertFitFails("null", some + "(NULL: 1, empty array: 0), and 0 rows");
    String inside = "1 rows have an array with a label that is NULL or blank";
    assertFitFails("[\"a\", null]", "0 rows have no label", inside);
    assertFitFails("[\" \"]", inside);
  }

  @Test
  void aModelOfOneLabelRefusesArrays() throws IOException {
    model = TestModel.write(folder);
    Path table = writeRows("in.json", 30, 3);
    run("evaluate", table, model, ALL)
        .assertFails(
            ExitCode.UNUSABLE,
            "The model gives each row one label: column 'topics' (--label-column) must not be"
                + " ARRAY<STRING>");
    run("calibrate", table, model, ALL, "-o", output, "--max-disagreement=0.1")
        .assertFails(ExitCode.UNUSABLE, "one label");
    run("fit", table, model, "-l=topics", "--heads=keep", "-o", output)
        .assertFails(ExitCode.UNUSABLE, "cannot be kept");
  }
}
