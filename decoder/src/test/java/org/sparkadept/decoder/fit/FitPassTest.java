package org.sparkadept.decoder.fit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.compute.BackendModel;
import org.sparkadept.decoder.compute.FitSession;
import org.sparkadept.decoder.compute.RowSet;
import org.sparkadept.decoder.compute.TokenRows;
import org.sparkadept.decoder.engine.RowCost;
import org.sparkadept.decoder.exit.CopyMapper;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.HiddenStateMapper;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.tensor.Matrix;

/** What the passes of a fit sum up and tell is what the formulas say of a session's readings. */
class FitPassTest {
  private static final int[] LENGTHS = {1, 19, 7, 2};

  @TempDir Path directory;

  private BackendModel open(String backend, String family, int layers, Integer... exits)
      throws IOException {
    TinyCheckpoint checkpoint =
        switch (family) {
          case "llama" -> TinyCheckpoint.llama();
          case "qwen3" -> TinyCheckpoint.qwen3();
          case "mistral" -> TinyCheckpoint.mistral();
          default -> TinyCheckpoint.gpt2();
        };
    Integer[] all = new Integer[layers];
    Arrays.setAll(all, i -> i + 1);
    TinyAdept adept = TinyAdept.of("adept", 0.5, all).withTokenExits(0.5, exits);
    checkpoint.layers(layers).labels("a", "b").seed(TestSeed.value()).adept(adept).write(directory);
    return BackendModel.open(directory, backend);
  }

  private static TokenRows rows(BackendModel model, Random random) {
    int[] starts = new int[LENGTHS.length + 1];
    for (int i = 0; i < LENGTHS.length; i++) {
      starts[i + 1] = starts[i] + LENGTHS[i];
    }
    int[] ids = random.ints(starts[LENGTHS.length], 0, model.config().vocabulary()).toArray();
    return new TokenRows(ids, starts);
  }

  private static List<RegretPass.Token> regrets(
      BackendModel model, TokenRows rows, int layers, TokenExits exits) {
    List<RegretPass.Token> tokens = new ArrayList<>();
    try (FitSession session = model.model().openFit()) {
      new RegretPass(model.config(), layers, exits, tokens::add).wave(session, rows);
    }
    return tokens;
  }

  private static TokenExits with(BackendModel model, HiddenStateMapper mapper) {
    return new TokenExits(model.tokenExits().policies(), 0.5f, mapper);
  }

  @ParameterizedTest
  @CsvSource({
    "reference,llama", "reference,qwen3", "reference,mistral", "reference,gpt2",
    "cpu,llama", "cpu,qwen3", "cpu,mistral", "cpu,gpt2"
  })
  void theTokenPolicyHasTheFeaturesThatTheBackendsCompute(String backend, String family)
      throws IOException {
    try (BackendModel model = open(backend, family, 3, 1)) {
      TokenRows rows = rows(model, TestSeed.random());
      List<RegretPass.Token> tokens = regrets(model, rows, 3, model.tokenExits());
      TokenPolicy policy = model.tokenExits().policies().get(0);
      for (float threshold = 0.05f; threshold < 1; threshold += 0.1f) {
        model
            .session()
            .begin(
                rows,
                new TokenExits(
                    model.tokenExits().policies(), threshold, model.tokenExits().mapper()));
        RowSet all = RowSet.all(rows.size());
        model.session().runClassTokens(0, all);
        model.session().runOtherTokens(0, all);
        int[] exitLayers = new int[rows.tokens()];
        model.session().exitTokens(0, all, exitLayers);
        int next = 0;
        for (int row = 0; row < rows.size(); row++) {
          for (int t = rows.start(row); t < rows.classToken(row); t++) {
            float preference = policy.value(tokens.get(next++).features());
            if (Math.abs(preference - threshold) > 1e-3) {
              assertEquals(preference >= threshold, exitLayers[t] == 1, "token " + t);
            }
          }
        }
        assertEquals(tokens.size(), next);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen3", "gpt2"})
  void oneLayerAboveThePlainCopyIsExactAndRegretsNothing(String family) throws IOException {
    try (BackendModel model = open("cpu", family, 2, 1)) {
      TokenRows rows = rows(model, TestSeed.random());
      CopyMapper copies = new CopyMapper(model.directory().tensors());
      List<RegretPass.Token> exact = regrets(model, rows, 2, with(model, copies));
      assertEquals(rows.tokens() - rows.size(), exact.size());
      for (RegretPass.Token token : exact) {
        assertEquals(1, token.exitLayer());
        assertEquals(0, token.regret(), 1e-4);
        assertEquals(0, token.saved(), 0);
      }
    }
  }

  /** The reference's readings, put together by the formula; below the model's last layer, too. */
  @ParameterizedTest
  @CsvSource({"reference,4", "cpu,4", "cpu,3"})
  void regretIsTheErrorAsTheClassTokenAttendsToIt(String backend, int layers) throws IOException {
    try (BackendModel model = open(backend, "llama", 4, 1, 2);
        BackendModel reference = BackendModel.open(directory, "reference");
        FitSession readings = reference.model().openFit()) {
      TokenRows rows = rows(model, TestSeed.random());
      List<RegretPass.Token> tokens = regrets(model, rows, layers, model.tokenExits());
      double[][] expected = new double[2][rows.tokens()];
      float[] attention = new float[rows.tokens()];
      float[] squares = new float[rows.tokens()];
      float[] errors = new float[rows.tokens()];
      readings.begin(rows);
      for (int layer = 0; layer < layers; layer++) {
        readings.open(layer);
        readings.readAttention(attention);
        readings.readOutputSquares(squares);
        for (int exit = 0; exit < Math.min(2, layer); exit++) {
          LinearTensors map = reference.tokenExits().mapper().map(exit, layer);
          readings.readErrors(exit, map, errors);
          for (int row = 0; row < rows.size(); row++) {
            double mean = 0;
            for (int t = rows.start(row); t <= rows.classToken(row); t++) {
              mean += squares[t] / (double) rows.length(row);
            }
            for (int t = rows.start(row); t < rows.classToken(row); t++) {
              expected[exit][t] += attention[t] * Math.sqrt(errors[t] / mean);
            }
          }
        }
        readings.run(layer);
        readings.keep();
      }
      RowCost cost = new RowCost(model.config(), layers);
      int next = 0;
      for (int exit = 0; exit < 2; exit++) {
        for (int row = 0; row < rows.size(); row++) {
          for (int t = rows.start(row); t < rows.classToken(row); t++) {
            RegretPass.Token token = tokens.get(next++);
            double saved = 0;
            for (int layer = exit + 1; layer < layers - 1; layer++) {
              saved += cost.otherToken(layer, t - rows.start(row));
            }
            assertEquals(exit + 1, token.exitLayer());
            assertEquals(expected[exit][t], token.regret(), 1e-3 * (1 + expected[exit][t]));
            double whole = cost.fullDepth(rows.length(row), 2, ExitHead.Input.CLASS_TOKEN);
            assertEquals(saved / whole, token.saved(), 1e-12);
          }
        }
      }
      assertEquals(tokens.size(), next);
    }
  }

  @Test
  void aWrongMapperRegretsAsMuchAsIsAttendedTo() throws IOException {
    try (BackendModel model = open("reference", "llama", 3, 1)) {
      int outputs = 2 * model.config().keyWidth();
      int width = model.config().width();
      LinearTensors zero =
          new LinearTensors(
              Matrix.of("zero", outputs, width, new float[outputs * width]), new float[outputs]);
      TokenRows rows =
          new TokenRows(TestSeed.random().ints(30, 0, 200).toArray(), new int[] {0, 30});
      double regret = 0;
      for (RegretPass.Token token : regrets(model, rows, 3, with(model, (e, l) -> zero))) {
        assertTrue(token.saved() > 0 && token.saved() < 1.0 / 29);
        regret += token.regret();
      }
      // All attention of two layers, less that of the class token on itself, times about one.
      assertTrue(regret > 1 && regret < 2.2, "regret " + regret);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void mapperSumsAreThoseOfTheirPartsAndOfOneWave(String backend) throws IOException {
    Random random = TestSeed.random();
    try (BackendModel model = open(backend, "qwen3", 4, 1);
        FitSession session = model.model().openFit()) {
      List<Integer> exits = List.of(1, 2);
      int layers = 3; // The model has one more.
      TokenRows first = rows(model, random);
      TokenRows second = rows(model, random);
      MapperPass one = new MapperPass(model.config(), exits, layers);
      MapperPass two = new MapperPass(model.config(), exits, layers);
      MapperPass both = new MapperPass(model.config(), exits, layers);
      one.wave(session, first);
      two.wave(session, second);
      both.wave(session, joined(first, second));
      for (int i = 0; i < exits.size(); i++) {
        MapperSums sum = one.sums().get(i).plus(two.sums().get(i));
        MapperSums whole = both.sums().get(i);
        assertEquals(exits.get(i), whole.exitLayer());
        assertEquals(layers, whole.layers());
        assertEquals(2L * (first.tokens() - first.size()), sum.tokens());
        assertClose(whole.gram(), sum.gram());
        for (int layer = exits.get(i) + 1; layer <= layers; layer++) {
          assertClose(whole.cross(layer), sum.cross(layer));
          assertEquals(whole.squares(layer), sum.squares(layer), 1e-5 * whole.squares(layer));
        }
      }
    }
  }

  /** Sums of the readings, layer by layer: nothing is mixed up between exits and layers. */
  @Test
  void mapperSumsAreTheSessionsProducts() throws IOException {
    try (BackendModel model = open("cpu", "llama", 4, 1);
        FitSession session = model.model().openFit();
        FitSession readings = model.model().openFit()) {
      TokenRows rows = rows(model, TestSeed.random());
      MapperPass pass = new MapperPass(model.config(), List.of(1, 3), 4);
      pass.wave(session, rows);
      int inputs = model.config().width() + 1;
      float[] gram = new float[inputs * inputs];
      float[] cross = new float[inputs * 2 * model.config().keyWidth()];
      readings.begin(rows);
      for (int layer = 0; layer < 4; layer++) {
        readings.open(layer);
        for (int i = 0; i < 2; i++) {
          int exit = 2 * i;
          if (exit < layer) {
            readings.sumInputs(exit, gram);
            readings.sumOutputs(exit, cross);
            assertClose(doubles(gram), pass.sums().get(i).gram());
            assertClose(doubles(cross), pass.sums().get(i).cross(layer + 1));
          }
        }
        readings.run(layer);
        readings.keep();
      }
    }
  }

  private static TokenRows joined(TokenRows first, TokenRows second) {
    int[] ids = Arrays.copyOf(first.ids(), first.tokens() + second.tokens());
    System.arraycopy(second.ids(), 0, ids, first.tokens(), second.tokens());
    int[] starts = Arrays.copyOf(first.starts(), first.size() + second.size() + 1);
    for (int row = 0; row <= second.size(); row++) {
      starts[first.size() + row] = first.tokens() + second.starts()[row];
    }
    return new TokenRows(ids, starts);
  }

  private static double[] doubles(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  private static void assertClose(double[] expected, double[] found) {
    double largest = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    assertEquals(expected.length, found.length);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], found[i], 1e-5 * largest, "at " + i);
    }
  }
}
