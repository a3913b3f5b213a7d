package org.sparkadept.pipeline.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

/** The program in docs/mllib.md is this one, and it runs. */
class MllibExampleTest {
  private static final Path SOURCE =
      Path.of("src/test/java/org/sparkadept/pipeline/ml/MllibExample.java");
  private static final Path CHAPTER = Path.of("../docs/mllib.md");
  private static final Pattern PROGRAM =
      Pattern.compile("```java\n(import java.io.IOException;.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  void theChapterShowsThisProgram() throws IOException {
    Matcher shown = PROGRAM.matcher(Files.readString(CHAPTER));
    assertTrue(shown.find());
    String source = Files.readString(SOURCE);
    String imports = "import org.sparkadept.pipeline.ml.AdeptClassif";
    assertEquals(
        source.substring(source.indexOf("import java.io")),
        shown.group(1).replaceAll("(?m)^" + imports + "\\w+;\n", ""));
  }

  @Test
  void itChoosesSavesAndLoads() throws IOException {
    Path backbone =
        TinyCheckpoint.llama()
            .withoutHead()
            .layers(2)
            .write(Files.createDirectory(folder.resolve("b")));
    Dataset<Row> reviews =
        FitRows.of(900, 1)
            .selectExpr(
                "text", "case label when 'low' then 1 when 'middle' then 3 else 5 end stars");
    Dataset<Row> withGaps = reviews.union(reviews.limit(3).selectExpr("''", "stars"));
    Path output = folder.resolve("best");

    CrossValidatorModel chosen =
        MllibExample.choose(withGaps, backbone.toString(), output.toString());
    double accuracy = MllibExample.test(reviews.limit(300), output.toString());

    double[] losses = chosen.avgMetrics();
    assertTrue(0 < losses[0] && losses[0] < losses[1] && losses[1] < 1.2, Arrays.toString(losses));
    CrossValidatorModel loaded = CrossValidatorModel.load(output.toString());
    assertArrayEquals(losses, loaded.avgMetrics());
    assertEquals(2, loaded.getEstimatorParamMaps().length);
    PipelineModel pipeline = (PipelineModel) loaded.bestModel();
    AdeptClassificationModel best = (AdeptClassificationModel) pipeline.stages()[1];
    assertTrue(Path.of(best.directory()).startsWith(output), best.directory());
    assertEquals(List.of("1", "3", "5"), best.labels());
    Dataset<Row> answers = loaded.transform(reviews.limit(300));
    assertEquals(answers.filter("predictedLabel = string(stars)").count() / 300.0, accuracy, 1e-12);
    assertTrue(accuracy > 0.85, "accuracy " + accuracy);
  }
}
