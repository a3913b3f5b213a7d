package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;

/** The commands of the schedules in {@code conf/schedules}, run with folders of the test. */
class SchedulesTest extends CommandTest {
  private static final Path SCHEDULES = Path.of("..", "conf", "schedules");
  private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

  @BeforeEach
  void writeInput() {
    input = folder.resolve("articles");
    addRows("select 1L id, 'fine' text union all select 2L id, '' text");
  }

  @Test
  void cronsCommandRuns() throws IOException {
    String line =
        Files.readAllLines(SCHEDULES.resolve("adept.cron")).stream()
            .filter(each -> each.contains(" classify "))
            .findFirst()
            .orElseThrow();
    String command = line.substring(line.indexOf("classify ")).replace("\"", "");

    check(List.of(command.split(" ")), "$DATA");
  }

  @Test
  void airflowsCommandRuns() throws IOException {
    String dag = Files.readString(SCHEDULES.resolve("adept_airflow.py"));
    String args = dag.substring(dag.indexOf("application_args"));
    List<String> command = new ArrayList<>();
    for (Matcher quoted = QUOTED.matcher(args); quoted.find(); ) {
      command.add(quoted.group(1));
    }

    check(command, "hdfs:///DATA");
  }

  @Test
  void theCronJobsCommandRuns() throws IOException {
    JsonNode job = yaml("cronjob.yaml", "CronJob");
    JsonNode container =
        job.at("/spec/jobTemplate/spec/template/spec/containers").elements().next();

    check(texts(container.get("args")), "s3a://BUCKET");
  }

  @Test
  void theSparkApplicationsCommandRuns() throws IOException {
    JsonNode application = yaml("sparkapplication.yaml", "ScheduledSparkApplication");

    check(texts(application.at("/spec/template/arguments")), "s3a://BUCKET");
  }

  private static JsonNode yaml(String file, String kind) throws IOException {
    YAMLMapper mapper = new YAMLMapper();
    Path path = SCHEDULES.resolve("kubernetes").resolve(file);
    try (MappingIterator<JsonNode> documents =
        mapper.readerFor(JsonNode.class).readValues(path.toFile())) {
      while (documents.hasNext()) {
        JsonNode document = documents.next();
        if (document.get("kind").asText().equals(kind)) {
          return document;
        }
      }
    }
    throw new AssertionError(path + " has no " + kind);
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  /** Runs a command from the word {@code classify} on, twice. */
  private void check(List<String> command, String place) {
    List<Object> args = new ArrayList<>();
    for (String word : command.subList(command.indexOf("classify"), command.size())) {
      args.add(
          word.endsWith("models/adept-dbpedia14") ? model : word.replace(place, folder.toString()));
    }

    CommandRun first = CommandRun.of(args.toArray());
    CommandRun second = CommandRun.of(args.toArray());

    first.assertOk();
    second.assertOk();
    assertEquals("", first.out() + second.out(), "--quiet");
    assertEquals(1, rows("articles-labelled"), "the second run finds nothing new");
    assertEquals(1, rows("articles-failed"), "the row without a text that can be scored");
    assertTrue(Files.isDirectory(folder.resolve("articles-checkpoint")));
  }

  private long rows(String name) {
    return spark.read().parquet(folder.resolve(name).toString()).count();
  }
}
