package org.sparkadept.udfs.conf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;

class AdeptConfTest {
  private static final Path REFERENCE = Path.of("..", "conf", "adept.conf");

  @TempDir private Path folder;

  @Test
  void theReferenceFileListsEveryKeyWithItsDefault() throws IOException {
    Map<String, String> documented = new LinkedHashMap<>();
    for (String line : Files.readAllLines(REFERENCE)) {
      if (line.startsWith("#" + AdeptKey.PREFIX)) {
        String[] parts = line.substring(1).split("\\s+", 2);
        documented.put(parts[0], parts.length == 1 ? "" : parts[1].trim());
      }
    }
    Map<String, String> keys = new LinkedHashMap<>();
    for (AdeptKey<?> key : AdeptKey.values()) {
      keys.put(key.key(), key.defaultText());
    }

    assertEquals(keys, documented);
    assertEquals(ScoringOptions.defaults(), AdeptConf.defaults().over(REFERENCE).scoringOptions());
  }

  @Test
  void defaultsAreThoseOfTheOptions() {
    assertEquals(ClassifierOptions.defaults(), AdeptConf.defaults().classifierOptions());
    assertEquals(ComputeOptions.defaults(), AdeptConf.defaults().computeOptions());
    assertEquals(ScoringOptions.defaults(), AdeptConf.defaults().scoringOptions());
    assertTrue(AdeptConf.defaults().modelPath().isEmpty());
  }

  @Test
  void argumentsWinOverSparkAndSparkOverTheFile() throws IOException {
    Path file = folder.resolve("adept.conf");
    Files.writeString(
        file,
        "# three keys\nspark.adept.batch.rows 1\nspark.adept.model.maxTokens=2\n"
            + "spark.adept.rows.onError failfast\n");

    AdeptConf conf =
        AdeptConf.defaults()
            .over(file)
            .over(
                Map.of("spark.adept.batch.rows", "10", "spark.adept.model.maxTokens", "20"), "test")
            .with(AdeptKey.BATCH_ROWS, 100)
            .with(AdeptKey.MODEL_MAX_TOKENS, null);

    assertEquals(100, conf.scoringOptions().batchRows());
    assertEquals(20, conf.classifierOptions().maxTokens());
    assertEquals(ErrorMode.FAILFAST, conf.scoringOptions().onError());
  }

  @Test
  void anAdapterBelongsToTheModelThatIsNamedWithIt() {
    AdeptConf conf =
        AdeptConf.defaults()
            .over(Map.of("spark.adept.model.path", "a", "spark.adept.model.adapter", "x"), "test");
    assertEquals("x", conf.adapterPath().orElseThrow());
    assertEquals("x", conf.over(Map.of("spark.adept.batch.rows", "1"), "t").adapterPath().get());
    assertTrue(conf.over(Map.of("spark.adept.model.path", "b"), "t").adapterPath().isEmpty());
    assertTrue(conf.with(AdeptKey.MODEL_PATH, "b").adapterPath().isEmpty());
    assertEquals(
        "y",
        conf.with(AdeptKey.MODEL_PATH, "b")
            .with(AdeptKey.MODEL_ADAPTER, "y")
            .adapterPath()
            .orElseThrow());
  }

  @Test
  void unknownKeysOfOursAreErrorsAndOthersAreNot() {
    AdeptException e =
        assertThrows(
            AdeptException.class,
            () -> AdeptConf.defaults().over(Map.of("spark.adept.batch.row", "1"), "the test"));

    assertTrue(e.getMessage().contains("spark.adept.batch.row (the test)"), e.getMessage());
    assertTrue(e.getMessage().contains("spark.adept.batch.rows"), e.getMessage());
    AdeptConf.defaults().over(Map.of("spark.executor.cores", "4"), "the test");
  }

  @Test
  void malformedValuesNameTheOptionThatGaveThem() throws IOException {
    for (AdeptKey<?> key : List.of(AdeptKey.BATCH_ROWS, AdeptKey.BATCH_BYTES, AdeptKey.ON_ERROR)) {
      AdeptConf conf = AdeptConf.defaults().with(key, "some");
      AdeptException e = assertThrows(AdeptException.class, () -> conf.scoringOptions());
      assertTrue(e.getMessage().contains("some"), e.getMessage());
    }
    String key = "spark.adept.model.maxTokens";
    Path file = folder.resolve("adept.conf");
    Files.writeString(file, key + " many");
    AdeptConf conf = AdeptConf.defaults();
    Map<String, AdeptConf> givenBy =
        Map.of(
            "--max-tokens",
            conf.with(AdeptKey.MODEL_MAX_TOKENS, "many"),
            "Option 'MaxTokens'",
            conf.withOption(AdeptKey.MODEL_MAX_TOKENS, "MaxTokens", "many"),
            key,
            conf.over(Map.of(key, "many"), "the test"),
            key + " in " + file,
            conf.over(file));
    givenBy.forEach(
        (origin, malformed) -> {
          AdeptException e = assertThrows(AdeptException.class, malformed::classifierOptions);
          assertEquals(
              origin + " must be a whole number, 0 or above, but is 'many'.", e.getMessage());
        });
    for (String threshold : List.of("1.5", "NaN")) {
      AdeptConf outside = conf.with(AdeptKey.EXIT_THRESHOLD, threshold);
      AdeptException e = assertThrows(AdeptException.class, outside::classifierOptions);
      assertEquals(
          "--threshold must be a number above 0 and up to 1, or empty, but is '" + threshold + "'.",
          e.getMessage());
    }
  }

  @Test
  void sizesMayHaveUnits() {
    AdeptConf conf = AdeptConf.defaults().with(AdeptKey.BATCH_BYTES, "64k");

    assertEquals(65_536, conf.scoringOptions().batchBytes());
    assertThrows(
        AdeptException.class, () -> conf.with(AdeptKey.BATCH_BYTES, "2g").scoringOptions());
  }

  @Test
  void theDeviceAndItsShareReachTheBackend() {
    AdeptConf conf =
        AdeptConf.defaults()
            .with(AdeptKey.GPU_DEVICE, "H100")
            .with(AdeptKey.GPU_WAVE_MEMORY, "16m")
            .with(AdeptKey.GPU_PRECISION, "F16")
            .with(AdeptKey.GPU_TENSOR_CORES, "true");

    ComputeOptions expected =
        ComputeOptions.defaults()
            .withDevice("H100")
            .withWaveBytes(16 << 20)
            .withPrecision(ComputeOptions.Precision.F16)
            .withTensorCores(ComputeOptions.TensorCores.TRUE);
    assertEquals(expected, conf.computeOptions());
    AdeptConf cpu = conf.with(AdeptKey.COMPUTE_BACKEND, "cpu");
    assertEquals(ComputeOptions.Precision.AUTO, cpu.computeOptions().precision());
    AdeptConf unknown = AdeptConf.defaults().with(AdeptKey.GPU_PRECISION, "int4");
    AdeptException refused = assertThrows(AdeptException.class, unknown::computeOptions);
    assertEquals(
        "spark.adept.gpu.precision must be auto, f32 or f16, but is 'int4'.", refused.getMessage());
    AdeptConf unclear = AdeptConf.defaults().with(AdeptKey.GPU_TENSOR_CORES, "perhaps");
    refused = assertThrows(AdeptException.class, unclear::computeOptions);
    assertEquals(
        "spark.adept.gpu.tensorCores must be auto, true or false, but is 'perhaps'.",
        refused.getMessage());
    for (String size : new String[] {"much", "0"}) {
      AdeptConf wrong = AdeptConf.defaults().with(AdeptKey.GPU_WAVE_MEMORY, size);
      AdeptException e = assertThrows(AdeptException.class, wrong::computeOptions);
      assertTrue(e.getMessage().contains("spark.adept.gpu.waveMemory"), e.getMessage());
    }
  }
}
