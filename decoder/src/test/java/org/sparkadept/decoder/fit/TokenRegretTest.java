package org.sparkadept.decoder.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.BackendModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.exit.CopyMapper;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.result.RowStates;
import org.sparkadept.decoder.tokenizer.TextTokenizer;

/** What fitting computes from states is what the layers compute. */
class TokenRegretTest {
  private static final String TEXT = "a text of some tokens";

  @TempDir Path directory;

  private void write(String family, int layers) throws IOException {
    TinyCheckpoint checkpoint =
        switch (family) {
          case "llama" -> TinyCheckpoint.llama();
          case "qwen3" -> TinyCheckpoint.qwen3();
          case "mistral" -> TinyCheckpoint.mistral();
          default -> TinyCheckpoint.gpt2();
        };
    Integer[] exits = new Integer[layers];
    for (int i = 0; i < layers; i++) {
      exits[i] = i + 1;
    }
    TinyAdept adept = TinyAdept.of("adept", 0.5, exits).withTokenExits(0.5, 1);
    checkpoint.layers(layers).labels("a", "b").adept(adept).write(directory);
  }

  private RowStates observe() {
    List<RowStates> rows = new ArrayList<>();
    ComputeOptions options = ComputeOptions.defaults().withBackend("reference");
    try (LoadedModel model = LoadedModel.open(directory, options)) {
      Classifier classifier = model.classifier(ClassifierOptions.defaults());
      classifier.observe(
          new byte[][] {TEXT.getBytes(StandardCharsets.UTF_8)}, (row, states) -> rows.add(states));
    }
    return rows.get(0);
  }

  private LinearTensors copy(int exitLayer, int layer) {
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      return new CopyMapper(opened.tensors()).map(exitLayer - 1, layer - 1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen3", "mistral", "gpt2"})
  void theTokenPolicyHasTheFeaturesThatTheBackendsCompute(String family) throws IOException {
    write(family, 3);
    RowStates row = observe();
    try (FitModel model = FitModel.open(directory);
        BackendModel loaded = BackendModel.open(directory, "reference");
        TextTokenizer tokenizer = TextTokenizer.open(directory.resolve("tokenizer.json"))) {
      double[][] features =
          new TokenRegret(model, 1, layer -> copy(1, layer)).features(new FitRow(model, row));
      TokenExits exits = loaded.tokenExits();
      TokenPolicy policy = exits.policies().get(0);
      int[] ids = tokenizer.encode(TEXT.getBytes(StandardCharsets.UTF_8), 64).ids();
      for (float threshold = 0.05f; threshold < 1; threshold += 0.1f) {
        loaded.begin(new TokenExits(exits.policies(), threshold, exits.mapper()), ids);
        loaded.split(0, 0);
        int[] exitLayers = new int[row.tokens()];
        loaded.session().exitTokens(0, RowSet.all(1), exitLayers);
        for (int t = 0; t < features.length; t++) {
          float preference = policy.value(features[t]);
          if (Math.abs(preference - threshold) > 1e-4) {
            assertEquals(preference >= threshold, exitLayers[t] == 1, "token " + t);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen3", "gpt2"})
  void oneLayerAboveThePlainCopyIsExactAndRegretsNothing(String family) throws IOException {
    write(family, 2);
    RowStates row = observe();
    try (FitModel model = FitModel.open(directory)) {
      TokenRegret.Token[] exact =
          new TokenRegret(model, 1, layer -> copy(1, layer)).of(new FitRow(model, row));
      assertEquals(row.tokens() - 1, exact.length);
      for (TokenRegret.Token token : exact) {
        assertEquals(0, token.regret(), 1e-5);
        assertEquals(0, token.saved(), 0);
      }
    }
  }

  @Test
  void aWrongMapperRegretsAsMuchAsIsAttendedToAndLeavingSavesTheLayersBelowTheLast()
      throws IOException {
    write("llama", 3);
    RowStates row = observe();
    try (FitModel model = FitModel.open(directory)) {
      TokenRegret.Token[] tokens =
          new TokenRegret(model, 1, layer -> zero(copy(1, layer))).of(new FitRow(model, row));
      double regret = 0;
      for (TokenRegret.Token token : tokens) {
        assertTrue(token.saved() > 0 && token.saved() < 1.0 / tokens.length);
        regret += token.regret();
      }
      // All attention of two layers, less that of the class token on itself, times about one.
      assertTrue(regret > 1 && regret < 2.2, "regret " + regret);
    }
  }

  private static LinearTensors zero(LinearTensors like) {
    int rows = like.weight().rows();
    int cols = like.weight().cols();
    return new LinearTensors(
        org.sparkadept.decoder.tensor.Matrix.of("zero", rows, cols, new float[rows * cols]),
        new float[rows]);
  }

  @Test
  void mapperSumsAreThoseOfTheirPartsAndOfThePlainFormula() throws IOException {
    write("llama", 3);
    RowStates row = observe();
    try (FitModel model = FitModel.open(directory)) {
      int width = model.config().width();
      int outputs = 2 * model.config().keyWidth();
      MapperSums one = new MapperSums(1, model.config());
      MapperSums two = new MapperSums(1, model.config());
      one.add(new FitRow(model, row));
      two.add(new FitRow(model, row));
      MapperSums both = one.plus(two);
      assertEquals(2L * (row.tokens() - 1), both.tokens());
      double gram = 0;
      double cross = 0;
      double count = 0;
      for (int t = 0; t < row.tokens() - 1; t++) {
        float[] x = model.plainState(row, 1, t);
        gram += 2.0 * x[2] * x[5];
        cross += 2.0 * x[2] * model.keyValue(row, 3, t)[1];
        count += 2;
      }
      assertEquals(gram, both.gram()[2 * (width + 1) + 5], 1e-9);
      assertEquals(gram, both.gram()[5 * (width + 1) + 2], 1e-9);
      assertEquals(count, both.gram()[width * (width + 1) + width], 1e-9);
      assertEquals(cross, both.cross(3)[2 * outputs + 1], 1e-9);
    }
  }
}
