package org.sparkadept.pipeline.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.TestSpark;

/** A prompt of several columns, and long rows, as params of MLlib's stages. */
class MllibPromptTest {
  @TempDir Path folder;

  private static Dataset<Row> rows() {
    return TestSpark.session()
        .range(900)
        .selectExpr(
            "id",
            "concat(if(id % 2 = 0, 'ab', 'xy'), id % 5) title",
            "concat(repeat(if(id % 2 = 0, 'aabb', 'xxyy'), 1 + id % 3), ' ', id % 89) text",
            "if(id % 2 = 0, 'a', 'x') label");
  }

  private AdeptClassifier classifier() throws IOException {
    Path model = TinyCheckpoint.llama().withoutHead().positions(128).write(folder.resolve("m"));
    return new AdeptClassifier()
        .setModelPath(model.toString())
        .setPrompt("T {title} X {text}")
        .setExitLayers(new int[] {1, 3})
        .setDepth("full")
        .setRegParam(0.01)
        .setTokenExit(false)
        .setMaxDisagreement(0.05);
  }

  private static List<Row> answers(Dataset<Row> rows) {
    return rows.orderBy("id").select("id", "predictedLabel", "score", "exitLayer").collectAsList();
  }

  @Test
  void columnsAreFoundByTheTemplateOrNamedByInputCols() throws IOException {
    AdeptClassificationModel model = classifier().fit(rows());
    List<Row> found = answers(model.transform(rows()));
    assertEquals(900, found.size());
    Dataset<Row> sql =
        rows()
            .selectExpr(
                "id", "adept_classify(struct(title, text), model => '" + model.directory() + "') r")
            .selectExpr("id", "r.label predictedLabel", "r.score", "r.exit_layer exitLayer");
    assertEquals(answers(sql), found);

    Dataset<Row> renamed =
        rows().withColumnRenamed("title", "head").withColumnRenamed("text", "body");
    AdeptException missing = assertThrows(AdeptException.class, () -> model.transform(renamed));
    assertTrue(
        missing.getMessage().contains("no columns 'title', 'text' (the model's prompt)"),
        missing.getMessage());
    model.setInputCols(new String[] {"head", "body"});
    assertEquals(found, answers(model.transform(renamed)));
    model.setInputCols(new String[] {"body"});
    AdeptException few = assertThrows(AdeptException.class, () -> model.transform(renamed));
    assertTrue(few.getMessage().contains("inputCols names 1 column (body)"), few.getMessage());
  }

  @Test
  void savedModelsKeepPromptAndParams() throws IOException {
    AdeptClassificationModel model =
        classifier().fit(rows()).setInputCols(new String[] {"title", "text"});
    model.setMaxTokens(32).setLongRows("chunk").setChunkOverlap(4).setChunkMerge("max");
    Path saved = folder.resolve("saved");
    model.write().save(saved.toString());
    AdeptClassificationModel loaded = AdeptClassificationModel.load(saved.toString());
    assertEquals("chunk", loaded.getOrDefault(loaded.longRows()));
    assertEquals(answers(model.transform(rows())), answers(loaded.transform(rows())));
  }

  @Test
  void wrongParamsAreToldByName() throws IOException {
    AdeptException e =
        assertThrows(AdeptException.class, () -> classifier().setLongRows("some").fit(rows()));
    assertTrue(e.getMessage().contains("cut or chunk"), e.getMessage());
    AdeptException template =
        assertThrows(AdeptException.class, () -> classifier().setPrompt("{a").fit(rows()));
    assertTrue(template.getMessage().contains("at character 1"), template.getMessage());
  }
}
