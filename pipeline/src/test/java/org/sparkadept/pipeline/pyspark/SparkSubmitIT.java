package org.sparkadept.pipeline.pyspark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;
import org.sparkadept.pipeline.cluster.JobOutput;
import org.sparkadept.pipeline.cluster.LoggedProcess;
import org.sparkadept.pipeline.cluster.SparkHome;
import org.sparkadept.pipeline.cluster.Worker;

/** The jar under the spark-submit that PySpark brings, whose executors are killed. */
class SparkSubmitIT {
  private static final int ROWS = 16_000;
  private static final int PARTITIONS = 20;

  @TempDir private static Path folder;
  private static SparkHome home;
  private static Path model;
  private static Path rows;
  private static List<String> expected;

  private JobOutput output;
  private LoggedProcess driver;

  @BeforeAll
  static void writeRows() throws Exception {
    home = PySpark.find().sparkHome(folder.resolve("spark"), Map.of());
    model = TestModel.write(folder);
    rows = folder.resolve("rows");
    TestSpark.session()
        .range(0, ROWS, 1, PARTITIONS)
        .selectExpr("id", "concat(id, repeat(' a text', id % 4)) text")
        .write()
        .parquet(rows.toString());
    JobOutput local = JobOutput.in(folder);
    CommandRun.of("classify", "-i", rows, "-o", local.folder(), "--model", model).assertOk();
    expected = local.rows();
    assertEquals(ROWS, Set.copyOf(expected).size());
  }

  @BeforeEach
  void makeOutputFolder() throws IOException {
    output = JobOutput.in(folder);
  }

  @AfterEach
  void end() throws IOException {
    driver.close();
    new Worker(driver, home.work()).forgetApplications();
  }

  @Test
  void aKilledExecutorCostsNoRow() throws Exception {
    classifyWithAKilledExecutor();

    assertEquals(expected, output.rows());
  }

  @Test
  void aKilledExecutorCostsAnIncrementalRunNoRow() throws Exception {
    String[] incremental = {
      "--incremental", "--checkpoint", folder.resolve("checkpoint").toString()
    };

    classifyWithAKilledExecutor(incremental);

    assertEquals(expected, output.rows());
    CommandRun.of(arguments(incremental).toArray()).assertOk("rows                     0");
    assertEquals(expected, output.rows());
  }

  private List<String> arguments(String... more) {
    List<String> all = new ArrayList<>(List.of("classify", "-i", rows.toString()));
    all.addAll(List.of("-o", output.folder().toString(), "--model", model.toString()));
    all.addAll(List.of("--partitions", "" + PARTITIONS));
    all.addAll(List.of(more));
    return all;
  }

  /** Kills one of two executors while both are at work. */
  private void classifyWithAKilledExecutor(String... more) throws Exception {
    ProcessBuilder builder = home.submit("local-cluster[2,1,2048]", Map.of(), arguments(more));
    driver = LoggedProcess.start(builder, folder.resolve("driver.log"));
    Worker workers = new Worker(driver, home.work());
    workers.awaitMidJob(driver, output);
    List<ProcessHandle> executors = workers.executors();
    assertEquals(2, executors.size());

    executors.get(0).destroyForcibly();

    assertEquals(0, driver.exitCode(), driver.printed());
    assertTrue(driver.printed().contains("Lost executor"), driver.printed());
  }
}
