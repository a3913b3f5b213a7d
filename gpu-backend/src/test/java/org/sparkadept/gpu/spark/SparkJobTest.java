package org.sparkadept.gpu.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.fixture.Await;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.WeightType;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.gpu.TestDevice;

/** A job on a cluster of two executors with two tasks each, which share their executor's device. */
class SparkJobTest {
  private static final int ROWS = 600;

  @TempDir static Path folder;
  private static Path model;
  private static SparkSession spark;

  @BeforeAll
  static void startCluster() throws IOException {
    TestDevice.orSkip();
    model =
        TinyCheckpoint.llama()
            .layers(3)
            .weightType(WeightType.F16)
            .adept(TinyAdept.of("adept", 0.6, 1, 2, 3).withTokenExits(0.5, 1, 2))
            .write(folder.resolve("model"));
    Files.createDirectories(Path.of(System.getenv("SPARK_HOME"), "jars"));
    spark =
        SparkSession.builder()
            .master("local-cluster[2,2,1024]")
            .appName("gpu-backend tests")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
            .config("spark.executor.extraJavaOptions", System.getProperty("executor.jvm.options"))
            .config("spark.executorEnv.TOKENIZERS_PARALLELISM", "false")
            .config("spark.sql.warehouse.dir", folder.resolve("warehouse").toString())
            .config("spark.plugins", "org.sparkadept.udfs.plugin.AdeptPlugin")
            .config("spark.adept.model.path", model.toString())
            .config("spark.adept.compute.backend", "tornadovm")
            .config("spark.adept.gpu.waveMemory", "1m")
            // They round inputs, which moves answers that are nearly ties.
            .config("spark.adept.gpu.tensorCores", "false")
            // No task before both executors are there, loaded model and all.
            .config("spark.cores.max", "4")
            .config("spark.scheduler.minRegisteredResourcesRatio", "1.0")
            .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "600s")
            // On a busy machine executors are long silent while kernels are compiled.
            .config("spark.network.timeout", "600s")
            .getOrCreate();
  }

  @AfterAll
  static void stopCluster() {
    if (spark != null) {
      spark.stop();
    }
  }

  @Test
  void theAnswersAreThoseOfTheReferenceAndEachExecutorHasOneThreadForTheDevice()
      throws InterruptedException {
    List<Row> found =
        spark
            .sql(
                "select id, r.label, r.exit_layer, r.error from (select id, adept_classify("
                    + "concat('text number ', id, ' of ', id % 7)) r from range(0, "
                    + ROWS
                    + ", 1, 8)) order by id")
            .collectAsList();

    byte[][] texts = new byte[ROWS][];
    for (int id = 0; id < ROWS; id++) {
      texts[id] = ("text number " + id + " of " + id % 7).getBytes(StandardCharsets.UTF_8);
    }
    assertEquals(ROWS, found.size());
    ComputeOptions options = ComputeOptions.defaults().withBackend("reference");
    try (LoadedModel reference = LoadedModel.open(model, options)) {
      Classifications expected = reference.classifier(ClassifierOptions.defaults()).classify(texts);
      for (int id = 0; id < ROWS; id++) {
        Row row = found.get(id);
        assertEquals(expected.label(id), row.getString(1), "row " + id);
        assertEquals(expected.exitLayer(id), row.getInt(2), "row " + id);
        assertEquals(null, row.getString(3), "row " + id);
      }
    }
    Map<String, Integer> threads =
        Await.value(
            "tasks on both executors",
            () -> Optional.of(deviceThreads()).filter(each -> each.size() == 2));
    assertEquals(Map.of("0", 1, "1", 1), threads);
  }

  /** How many threads of a device each executor has that got a task. */
  private static Map<String, Integer> deviceThreads() {
    Map<String, Integer> threads = new TreeMap<>();
    MapPartitionsFunction<Long, String> count =
        rows -> {
          long found =
              Thread.getAllStackTraces().keySet().stream()
                  .filter(thread -> thread.getName().startsWith("adept-gpu-"))
                  .count();
          return List.of(SparkEnv.get().executorId() + " " + found).iterator();
        };
    for (String line :
        spark.range(0, 16, 1, 16).mapPartitions(count, Encoders.STRING()).collectAsList()) {
      String[] parts = line.split(" ");
      threads.put(parts[0], Integer.valueOf(parts[1]));
    }
    return threads;
  }
}
