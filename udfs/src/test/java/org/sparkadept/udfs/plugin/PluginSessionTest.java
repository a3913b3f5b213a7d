package org.sparkadept.udfs.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.TestSpark;
import org.sparkadept.udfs.sharing.LocalModels;

/** The plugin in sessions that are started with it. */
class PluginSessionTest {
  private static final Pattern SCORED =
      Pattern.compile("metrics_\\S*AdeptPlugin_scored_Value\\S* (\\d+)");

  @TempDir private Path folder;
  private Path model;
  private SparkSession spark;

  @BeforeEach
  void noOtherSessionRuns() throws Exception {
    TestSpark.session().stop();
    model =
        TinyCheckpoint.llama()
            .labels("no", "yes")
            .write(Files.createDirectory(folder.resolve("model")));
  }

  @AfterEach
  void stop() {
    if (spark != null) {
      spark.stop();
    }
  }

  @Test
  void theModelIsLoadedBeforeTheFirstTaskAndPrometheusAndJmxSeeTheMetrics() throws Exception {
    long before = LocalModels.loads();
    spark =
        start(
            Map.of(
                "spark.ui.enabled", "true",
                "spark.ui.port", "0",
                "spark.metrics.conf.*.sink.jmx.class", "org.apache.spark.metrics.sink.JmxSink",
                "spark.metrics.conf.*.sink.prometheusServlet.class",
                    "org.apache.spark.metrics.sink.PrometheusServlet",
                "spark.metrics.conf.*.sink.prometheusServlet.path", "/metrics/prometheus"));
    assertEquals(1, LocalModels.loads() - before);
    long prometheus = prometheus();
    long jmx = jmx();

    spark.sql("select adept_classify(string(id)) r from range(0, 50, 1, 2)").collectAsList();

    assertEquals(1, LocalModels.loads() - before, "a task loaded the model again");
    assertEquals(50, prometheus() - prometheus);
    assertEquals(50, jmx() - jmx);
  }

  @Test
  void aBackendThatIsNotThereStopsTheStart() {
    Throwable failure =
        assertThrows(
            Throwable.class, () -> start(Map.of("spark.adept.compute.backend", "warp-drive")));

    while (failure.getCause() != null) {
      failure = failure.getCause();
    }
    assertTrue(failure.getMessage().contains("'warp-drive'"), failure.getMessage());
    assertTrue(failure.getMessage().contains("must be auto, cpu"), failure.getMessage());
    assertTrue(SparkSession.getDefaultSession().isEmpty());
  }

  private SparkSession start(Map<String, String> conf) {
    SparkSession.Builder builder =
        SparkSession.builder()
            .master("local[2]")
            .appName("plugin test")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.plugins", AdeptPlugin.class.getName())
            .config("spark.adept.model.path", model.toString());
    conf.forEach(builder::config);
    return builder.getOrCreate();
  }

  private long prometheus() throws Exception {
    URI page = URI.create(spark.sparkContext().uiWebUrl().get() + "/metrics/prometheus/");
    String metrics =
        HttpClient.newHttpClient()
            .send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
            .body();
    Matcher scored = SCORED.matcher(metrics);
    assertTrue(scored.find(), metrics);
    return Long.parseLong(scored.group(1));
  }

  private static long jmx() throws Exception {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    Set<ObjectName> names =
        server.queryNames(new ObjectName("metrics:name=*AdeptPlugin.scored,*"), null);
    assertEquals(1, names.size(), names.toString());
    return (Long) server.getAttribute(names.iterator().next(), "Value");
  }
}
