package org.sparkadept.pipeline.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.fixture.TinyFamilies;

/** The whole fit, with token exits, on backbones whose block is not Llama's. */
class OtherFamiliesTest {
  private static final int ROWS = 600;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"gemma3", "olmo2"})
  void aBackboneIsFittedAndClassifiesItsRows(String family) throws IOException {
    Path backbone =
        TinyFamilies.all()
            .get(family)
            .withoutHead()
            .write(Files.createDirectory(folder.resolve("backbone")));
    AdeptClassifier classifier =
        new AdeptClassifier()
            .setModelPath(backbone.toString())
            .setOutputPath(folder.resolve("fitted").toString())
            .setMaxDisagreement(0.05)
            .setDelta(0.1)
            .setTokenExitMinTokens(0)
            .setMapperTokens(2000);
    Dataset<Row> rows = FitRows.of(ROWS, 1);
    Dataset<Row> scored = classifier.fit(rows).transform(rows);
    long right = scored.filter("predictedLabel = label").count();
    assertEquals(ROWS, scored.count());
    assertTrue(right > 0.9 * ROWS, right + " of " + ROWS + " are right");
  }
}
