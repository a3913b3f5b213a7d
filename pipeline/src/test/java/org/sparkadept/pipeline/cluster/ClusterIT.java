package org.sparkadept.pipeline.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.Await;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;

/** The jar on a real cluster, by spark-submit, and what may happen to it there. */
class ClusterIT {
  private static final int ROWS = 3_600;
  private static final int PARTITIONS = 24;
  private static final int EMPTY = 17;
  private static final String PLUGIN = "org.sparkadept.udfs.plugin.AdeptPlugin";

  @TempDir private static Path folder;
  private static Path model;
  private static Path rows;
  private static List<String> expected;
  private static StandaloneCluster cluster;

  private JobOutput output;
  private Set<Path> temporary;

  @BeforeAll
  static void startCluster() throws Exception {
    SparkHome.assumeUsable();
    String classPath = Files.readString(Path.of(System.getProperty("adept.classpath")));
    cluster = StandaloneCluster.start(Files.createDirectory(folder.resolve("cluster")), classPath);
    model = TestModel.write(folder);
    rows = folder.resolve("rows");
    TestSpark.session()
        .range(0, ROWS, 1, 2)
        .selectExpr(
            "id", "if(id = " + EMPTY + ", '', concat(id, repeat(' a long text', id % 40))) text")
        .write()
        .parquet(rows.toString());
    JobOutput local = JobOutput.in(folder);
    CommandRun.of("classify", "-i", rows, "-o", local.folder(), "--model", model).assertOk();
    expected = local.rows();
    assertEquals(ROWS, expected.size());
    assertEquals(ROWS, Set.copyOf(expected).size());
    assertTrue(expected.get(EMPTY).contains("text is empty"), expected.get(EMPTY));
  }

  @AfterAll
  static void stopCluster() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @BeforeEach
  void makeOutputFolder() throws IOException {
    output = JobOutput.in(folder);
    temporary = temporaryFiles();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    cluster.awaitIdle();
    for (Worker worker : cluster.workers()) {
      worker.forgetApplications();
    }
  }

  @Test
  void executorsShareTheRowsAndEachLoadsTheModelOnce() throws Exception {
    LoggedProcess run = classify(Map.of(), "--model", model.toString());

    assertEquals(0, run.exitCode(), run.printed());
    assertEquals(expected, output.rows());
    assertLeft("out");
    for (Worker worker : cluster.workers()) {
      assertTrue(worker.lastStage().finished() > 0, worker.executorLog());
      assertEquals(1, count(worker.executorLog(), "LoadedModel: Loaded"));
    }
  }

  @Test
  void aWorkerThatIsKilledWithItsExecutorCostsNoRow() throws Exception {
    LoggedProcess run =
        classify(Map.of("spark.plugins", PLUGIN, "spark.adept.model.path", model.toString()));
    Worker worker = cluster.workers().get(0);
    worker.awaitMidJob(run, output);

    worker.daemon().kill();

    try {
      assertEquals(0, run.exitCode(), run.printed());
    } finally {
      cluster.startWorker();
      cluster.awaitWorkers(2);
    }
    assertTrue(run.printed().contains("Lost executor"), run.printed());
    assertEquals(expected, output.rows());
    assertEquals(List.of("out"), output.names());
    String log = worker.executorLog();
    int warm = log.indexOf("is loaded and warm");
    assertTrue(warm >= 0 && warm < log.indexOf("Running task"), log);
  }

  @Test
  void anExecutorOutOfMemoryEndsTheJobWithWhatToDo() throws Exception {
    Path giant = folder.resolve("giant");
    TestSpark.session()
        .range(0, 40, 1, 1)
        .selectExpr("concat(id, repeat(' a text', 700000)) text")
        .write()
        .parquet(giant.toString());

    LoggedProcess run =
        submit(
            Map.of("spark.task.maxFailures", "1"),
            List.of("-i", giant.toString(), "--model", model.toString()));

    assertEquals(1, run.exitCode(), run.printed());
    String message = failure(run);
    assertTrue(message.contains("Out of memory"), message);
    assertTrue(message.contains("spark.executor.memory"), message);
    assertTrue(message.contains("spark.adept.batch.rows"), message);
    assertLeft();
  }

  @Test
  void aRowThatAlwaysFailsEndsAFailfastJobAndNamesItself() throws Exception {
    LoggedProcess run = classify(Map.of(), "--model", model.toString(), "--on-error", "failfast");

    assertEquals(4, run.exitCode(), run.printed());
    String message = failure(run);
    assertTrue(
        message.matches("adept: Row \\d+ of partition \\d+ cannot be scored: text is empty\\. .*"),
        message);
    assertLeft();
  }

  @Test
  void aModelThatOnlyTheDriverSeesIsNamed() throws Exception {
    String here = "/proc/self/cwd";
    assumeTrue(Files.isSymbolicLink(Path.of(here)), "no " + here + ", a path that is the driver's");
    String seen = here + "/" + model.getFileName();

    LoggedProcess run = classify(Map.of(), "--model", seen);

    assertEquals(3, run.exitCode(), run.printed());
    assertTrue(failure(run).contains(seen), run.printed());
    assertLeft();
  }

  /** The driver and the executors have working directories of their own. */
  @Test
  void relativePathsAreThoseOfTheDriver() throws Exception {
    LoggedProcess run =
        submit(
            Map.of(
                "spark.plugins", PLUGIN, "spark.adept.model.path", model.getFileName().toString()),
            List.of("-i", rows.getFileName().toString(), "--partitions", "4"));

    assertEquals(0, run.exitCode(), run.printed());
    assertEquals(expected, output.rows());
    assertLeft("out");
  }

  @Test
  void aModelInAnArchiveIsFoundByItsName() throws Exception {
    Path archive = folder.resolve("model.tgz");
    Process tar =
        new ProcessBuilder("tar", "-czf", archive.toString(), "-C", model.toString(), ".").start();
    assertEquals(0, tar.waitFor());

    LoggedProcess run =
        submit(
            Map.of("spark.archives", archive + "#shipped"),
            List.of("-i", rows.toString(), "--partitions", "4", "--model", "shipped"));

    assertEquals(0, run.exitCode(), run.printed());
    assertEquals(expected, output.rows());
  }

  @Test
  void executorsThatCannotLoadTheirModelEndTheJobWithTheReason() throws Exception {
    String absent = folder.resolve("absent").toString();

    LoggedProcess run =
        classify(
            Map.of("spark.plugins", PLUGIN, "spark.adept.model.other.path", absent),
            "--model",
            model.toString());

    assertEquals(3, run.exitCode(), run.printed());
    String message = failure(run);
    assertTrue(message.contains("No executor can start"), message);
    assertTrue(message.contains(absent), message);
    assertLeft();
  }

  @Test
  void aDriverThatIsKilledTakesItsExecutorsWithItAndTheNextRunIsWhole() throws Exception {
    LoggedProcess killed = classify(Map.of(), "--model", model.toString());
    cluster.workers().get(0).awaitMidJob(killed, output);

    killed.process().destroyForcibly();

    cluster.awaitIdle();
    for (String name : output.names()) {
      assertTrue(name.startsWith(".out.adept-"), name);
    }
    LoggedProcess next = classify(Map.of(), "--model", model.toString());
    assertEquals(0, next.exitCode(), next.printed());
    assertEquals(expected, output.rows());
  }

  private LoggedProcess classify(Map<String, String> settings, String... arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("-i", rows.toString()));
    all.addAll(List.of("--partitions", "" + PARTITIONS));
    all.addAll(List.of(arguments));
    return submit(settings, all);
  }

  private LoggedProcess submit(Map<String, String> settings, List<String> arguments)
      throws IOException {
    List<String> all = new ArrayList<>(List.of("classify", "-o", output.folder().toString()));
    all.addAll(arguments);
    return cluster.submit(folder, settings, all);
  }

  private static String failure(LoggedProcess run) {
    List<String> lines = run.printed().lines().filter(line -> line.startsWith("adept: ")).toList();
    return lines.get(lines.size() - 1);
  }

  /** Checks what a run has left: beside the output, and of temporary files (blocks, natives). */
  private void assertLeft(String... results) throws Exception {
    assertEquals(List.of(results), output.names());
    Await.until("temporary files to go", () -> temporary.containsAll(temporaryFiles()));
  }

  private static Set<Path> temporaryFiles() {
    Set<Path> found = new TreeSet<>();
    for (Path each : cluster.temporaryFolders()) {
      try (Stream<Path> entries = Files.walk(each)) {
        entries.filter(Files::isRegularFile).forEach(found::add);
      } catch (IOException | UncheckedIOException e) {
        found.add(each); // a file went while it was looked at
      }
    }
    return found;
  }

  private static int count(String text, String part) {
    return text.split(part, -1).length - 1;
  }
}
