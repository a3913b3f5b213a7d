package org.sparkadept.udfs.plugin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkConf;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.TestSpark;
import org.sparkadept.udfs.model.CountedModel;
import org.sparkadept.udfs.sharing.LocalModels;

class AdeptExecutorPluginTest {
  private static final String ALIAS = "spark.adept.model.warm.path";

  @TempDir private static Path folder;
  private static Path model;

  private final MetricRegistry registry = new MetricRegistry();
  private final List<Object> reported = new ArrayList<>();
  private final ExecutorPlugin plugin = new AdeptPlugin().executorPlugin();

  @BeforeAll
  static void writeModel() throws IOException {
    model =
        TinyCheckpoint.llama()
            .labels("no", "yes")
            .write(Files.createDirectory(folder.resolve("model")));
  }

  @Test
  void tasksFindTheModelLoadedAndTheMetricsCountTheirRows() {
    plugin.init(context(Map.of(ALIAS, model.toString()), registry), Map.of());
    long loads = LocalModels.loads();
    long scored = metric("scored");
    SparkSession spark = TestSpark.session();
    spark.conf().set(ALIAS, model.toString());
    try {
      spark
          .sql("select adept_classify(string(id), map('model', 'warm')) r from range(0, 70, 1, 2)")
          .collectAsList();
    } finally {
      spark.conf().unset(ALIAS);
      plugin.shutdown();
    }

    assertEquals(loads, LocalModels.loads(), "a task loaded the model again");
    assertEquals(loads, metric("modelLoads"));
    assertEquals(scored + 70, metric("scored"));
    assertTrue(metric("computeTime") > 0);
    assertTrue(metric("arrowTime") > 0);
  }

  /** The driver's working directory is not the executors'. */
  @Test
  void theDriverTellsTheExecutorsWhereItsModelsAre() {
    String relative = Path.of("").toAbsolutePath().relativize(model).toString();
    PluginContext context =
        context(Map.of("spark.adept.model.path", "warm", ALIAS, relative), registry);

    Map<String, String> models =
        new AdeptPlugin().driverPlugin().init(TestSpark.session().sparkContext(), context);

    assertEquals(Set.of("spark.adept.model.path", ALIAS), models.keySet());
    models.values().forEach(path -> assertTrue(Path.of(path).isAbsolute(), path));
    long loads = LocalModels.loads();
    plugin.init(context(Map.of("spark.adept.model.path", "not/here"), registry), models);
    plugin.shutdown();
    assertTrue(LocalModels.loads() - loads <= 1, "one directory was loaded twice");
  }

  @Test
  void aRemoteModelIsFetchedAndLoadedBeforeTheFirstTask(@TempDir Path place) throws Exception {
    CountedModel source = new CountedModel(place);
    Map<String, String> conf = new HashMap<>(source.settings("spark.hadoop."));
    conf.put("spark.adept.model.path", source.uri());
    conf.put("spark.adept.model.cacheDir", source.cache.toString());
    long loads = LocalModels.loads();
    TestSpark.session().stop();

    plugin.init(context(conf, registry), Map.of());
    assertEquals(1, LocalModels.loads() - loads);
    SparkSession spark = TestSpark.session();
    source.settings("").forEach(spark.conf()::set);
    spark.conf().set("spark.adept.model.cacheDir", source.cache.toString());
    try {
      spark
          .sql(
              "select adept_classify(string(id), map('model', '"
                  + source.uri()
                  + "')) r from range(0, 9, 1, 2)")
          .collectAsList();
    } finally {
      spark.conf().unset("spark.adept.model.cacheDir");
      source.settings("").keySet().forEach(spark.conf()::unset);
      plugin.shutdown();
    }

    assertEquals(1, LocalModels.loads() - loads, "a task loaded the model again");
    assertEquals(source.files(), source.opened());
  }

  @Test
  void anExecutorThatCannotLoadItsModelDoesNotStart() {
    String missing = folder.resolve("missing").toString();

    assertMessage(missing, Map.of("spark.adept.model.path", missing));
    assertMessage(
        "nothing", Map.of(ALIAS, model.toString(), "spark.adept.compute.backend", "nothing"));
    assertMessage("spark.adept.modle.path", Map.of("spark.adept.modle.path", missing));
    assertEquals(List.of(), reported);
  }

  @Test
  void withoutAModelThereIsNothingToDo() {
    long loads = LocalModels.loads();

    plugin.init(context(Map.of(), registry), Map.of());
    plugin.shutdown();

    assertEquals(loads, LocalModels.loads());
    assertEquals(List.of("3"), reported, "the driver is notified that it is ready");
  }

  @Test
  void theDriverRefusesAConfigurationThatNoExecutorCouldUse() {
    AdeptException e =
        assertThrows(
            AdeptException.class,
            () ->
                new AdeptPlugin()
                    .driverPlugin()
                    .init(
                        TestSpark.session().sparkContext(),
                        context(Map.of("spark.adept.model.maxTokens", "many"), registry)));

    assertTrue(e.getMessage().contains("spark.adept.model.maxTokens"), e.getMessage());
  }

  private void assertMessage(String part, Map<String, String> conf) {
    AdeptException e =
        assertThrows(
            AdeptException.class, () -> plugin.init(context(conf, new MetricRegistry()), Map.of()));
    assertTrue(e.getMessage().contains(part), e.getMessage());
  }

  private long metric(String name) {
    return (Long) ((Gauge<?>) registry.getMetrics().get(name)).getValue();
  }

  private PluginContext context(Map<String, String> entries, MetricRegistry metrics) {
    SparkConf conf = new SparkConf(false);
    entries.forEach(conf::set);
    return TestPluginContext.of(
        Map.of(
            "conf", none -> conf,
            "metricRegistry", none -> metrics,
            "resources", none -> Map.of(),
            "executorID", none -> "3",
            "ask", reported::add));
  }
}
