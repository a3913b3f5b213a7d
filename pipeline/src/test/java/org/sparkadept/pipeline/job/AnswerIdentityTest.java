package org.sparkadept.pipeline.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.fixture.TinyAdapter;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;

/** What earlier answers must agree in to be used again; which files count is ModelFiles' matter. */
class AnswerIdentityTest {
  @TempDir Path folder;
  private Path model;
  private AdeptConf conf;

  @BeforeEach
  void writeModel() throws IOException {
    model = TinyCheckpoint.llama().labels("a", "b").write(folder.resolve("model"));
    conf = AdeptConf.defaults().with(AdeptKey.MODEL_PATH, model);
  }

  @ParameterizedTest
  @CsvSource({
    "spark.adept.exit.policy, none",
    "spark.adept.exit.threshold, 0.5",
    "spark.adept.exit.tokens, none",
    "spark.adept.model.maxTokens, 20",
    "spark.adept.output.scores, true",
    "spark.adept.compute.backend, reference",
    "spark.adept.gpu.precision, f16",
    "spark.adept.gpu.tensorCores, false"
  })
  void optionsThatChangeAnswersCount(String key, String value) {
    AdeptConf other = conf.over(Map.of(key, value), "test");
    assertNotEquals(AnswerIdentity.of(conf), AnswerIdentity.of(other));
    assertEquals(value, AnswerIdentity.of(other).facts().get(key));
  }

  @ParameterizedTest
  @CsvSource({
    "spark.adept.batch.rows, 7",
    "spark.adept.batch.bytes, 1m",
    "spark.adept.rows.onError, failfast",
    "spark.adept.gpu.waveMemory, 1g",
    "spark.adept.compute.backend, auto"
  })
  void optionsThatChangeNoAnswerDoNot(String key, String value) {
    AdeptConf other = conf.over(Map.of(key, value), "test");
    assertEquals(AnswerIdentity.of(conf), AnswerIdentity.of(other));
  }

  @Test
  void theModelCountsByContentAndItsAdapterWithIt() throws IOException {
    AnswerIdentity before = AnswerIdentity.of(conf);
    Path copy = TinyCheckpoint.llama().labels("a", "b").write(folder.resolve("copy"));
    assertEquals(before, AnswerIdentity.of(conf.with(AdeptKey.MODEL_PATH, copy)));
    Files.writeString(copy.resolve("README.md"), "text");
    assertEquals(before, AnswerIdentity.of(conf.with(AdeptKey.MODEL_PATH, copy)));

    Path adapter = TinyAdapter.of(1).write(folder.resolve("adapter"));
    AnswerIdentity adapted = AnswerIdentity.of(conf.with(AdeptKey.MODEL_ADAPTER, adapter));
    assertNotEquals(before, adapted);
    TinyAdapter.of(2).write(adapter);
    assertNotEquals(adapted, AnswerIdentity.of(conf.with(AdeptKey.MODEL_ADAPTER, adapter)));
  }
}
