package org.sparkadept.udfs.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.udfs.TestSpark;

/** A model that comes with the job, as {@code --archives model.tgz#shipped} brings it. */
class ArchivedModelTest {
  private final SparkSession spark = TestSpark.session();

  @TempDir private Path folder;

  /** Spark would look for the archive in every later task. */
  @AfterEach
  void endTheSession() {
    spark.stop();
  }

  @Test
  void itIsFoundByItsRelativePath() throws Exception {
    Path model = new CountedModel(folder).model;
    Path archive = folder.resolve("model.tgz");
    Process tar =
        new ProcessBuilder("tar", "-czf", archive.toString(), "-C", model.toString(), ".")
            .redirectErrorStream(true)
            .start();
    String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, tar.waitFor(), said);
    spark.sparkContext().addArchive(archive + "#shipped");

    assertEquals(answers(model.toString()), answers("shipped"));
  }

  private List<Row> answers(String model) {
    return spark
        .sql(
            "select id, adept_classify(concat('text ', id * 7919), map('model', '"
                + model
                + "')) r from range(0, 20, 1, 2) order by id")
        .collectAsList();
  }
}
