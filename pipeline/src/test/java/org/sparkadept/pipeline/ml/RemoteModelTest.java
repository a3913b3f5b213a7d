package org.sparkadept.pipeline.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.pipeline.MountTable;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;

/** MLlib models on another file system than this machine's. */
class RemoteModelTest {
  private static final List<String> LABELS = List.of("no", "yes", "grün");
  private static final String CACHE = "spark.adept.model.cacheDir";

  private final SparkSession spark = TestSpark.session();

  @TempDir private Path folder;

  @BeforeEach
  void nameTheCache() {
    spark.conf().set(CACHE, folder.resolve("cache").toString());
  }

  @AfterEach
  void forgetIt() {
    spark.conf().unset(CACHE);
  }

  @Test
  void aModelIsSavedToAndLoadedFromThere() throws Exception {
    Path model = TestModel.write(folder);
    Path saved = Files.createDirectory(folder.resolve("saved"));
    Dataset<Row> rows = spark.range(0, 20, 1, 2).selectExpr("id", "concat('text ', id) text");
    AdeptClassificationModel local =
        new AdeptClassificationModel("adept", model.toString(), LABELS, false, null);
    List<Row> expected = local.transform(rows).orderBy("id").collectAsList();

    try (MountTable far = MountTable.of(spark, "saved", saved)) {
      local.write().overwrite().save(far.uri() + "/topics");
      AdeptClassificationModel loaded = AdeptClassificationModel.load(far.uri() + "/topics");

      assertEquals(far.uri() + "/topics/model", loaded.directory());
      assertEquals(LABELS, loaded.labels());
      assertEquals(expected, loaded.transform(rows).orderBy("id").collectAsList());
    }
    assertTrue(Files.exists(saved.resolve("topics/model/model.safetensors")));
  }

  @Test
  void aFitStartsFromABackboneThatWasFetched() throws Exception {
    Path model = TestModel.write(folder);
    try (MountTable far = MountTable.of(spark, "backbone", model)) {
      Path backbone =
          new AdeptClassifier()
              .setModelPath(far.uri())
              .setOutputPath(folder.resolve("fitted").toString())
              .settings()
              .model()
              .directory();

      assertTrue(backbone.startsWith(folder.resolve("cache")), backbone.toString());
      assertTrue(Files.exists(backbone.resolve("config.json")));
    }
  }
}
