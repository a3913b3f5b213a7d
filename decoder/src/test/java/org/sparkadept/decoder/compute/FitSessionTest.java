package org.sparkadept.decoder.compute;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyFamilies;
import org.sparkadept.decoder.model.Formulas;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.model.RotaryConfig;
import org.sparkadept.decoder.model.RotaryTables;
import org.sparkadept.decoder.tensor.Matrix;

/**
 * What every backend's session reads for fitting, beside plain loops in double precision over the
 * states that a prefill session of the reference gives.
 */
class FitSessionTest {
  /** Largest difference, relative to the largest value that is compared. */
  private static final double TOLERANCE = 2e-4;

  private static final int LAYERS = 4;
  private static final int EXIT = 1;

  @TempDir Path directory;

  static Stream<Arguments> models() {
    Map<String, TinyCheckpoint> models = new LinkedHashMap<>();
    models.put("llama, grouped heads", TinyCheckpoint.llama());
    models.put("llama, odd shapes", TinyCheckpoint.llama().width(20).heads(3, 3, 14));
    models.put("llama, wide", TinyCheckpoint.llama().width(160).heads(5, 1, 32));
    models.put("mistral, window", TinyCheckpoint.mistral());
    models.put("qwen2, biases", TinyCheckpoint.qwen2());
    models.put("qwen3, head norms", TinyCheckpoint.qwen3());
    models.put("gpt2, layer norm", TinyCheckpoint.gpt2());
    models.putAll(TinyFamilies.all());
    List<Arguments> cases = new ArrayList<>();
    for (Map.Entry<String, TinyCheckpoint> model : models.entrySet()) {
      for (String backend : new String[] {"reference", "cpu"}) {
        cases.add(Arguments.of(model.getKey(), backend, model.getValue()));
      }
    }
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("models")
  void everyReadingIsThatOfTheFormula(String name, String backend, TinyCheckpoint checkpoint)
      throws IOException {
    Random random = TestSeed.random();
    checkpoint.layers(LAYERS).positions(160).seed(random.nextLong()).write(directory);
    try (BackendModel reference = BackendModel.open(directory, "reference");
        BackendModel tested = BackendModel.open(directory, backend);
        FitSession fit = tested.model().openFit()) {
      // Two waves: what is left of the first must not be seen in the second.
      compare(reference, fit, random, 1, 40, 17, 150, 2);
      compare(reference, fit, random, 3, 1 + random.nextInt(60), 1);
    }
  }

  private void compare(BackendModel reference, FitSession fit, Random random, int... lengths) {
    ModelConfig config = reference.config();
    int[] starts = new int[lengths.length + 1];
    for (int i = 0; i < lengths.length; i++) {
      starts[i + 1] = starts[i] + lengths[i];
    }
    int tokens = starts[lengths.length];
    TokenRows rows = new TokenRows(random.ints(tokens, 0, config.vocabulary()).toArray(), starts);
    RowSet all = RowSet.all(rows.size());
    ModelTensors tensors = reference.directory().tensors();
    int columns = 2 * config.keyWidth();
    LinearTensors map =
        new LinearTensors(
            Matrix.of("map", columns, config.width(), randoms(random, columns * config.width())),
            randoms(random, columns));
    float[] states = new float[tokens * config.width()];
    double[][] input = null;
    reference.session().begin(rows, TokenExits.NONE);
    fit.begin(rows);
    for (int layer = 0; layer < LAYERS; layer++) {
      reference.session().readStates(all, states);
      Plain plain = new Plain(config, tensors.layer(layer), states, rows, layer);
      fit.open(layer);

      assertClose(plain.outputSquares(), read(tokens, fit::readOutputSquares), "‖y‖²");
      assertClose(
          plain.attentionSquares(),
          read(3 * tokens, fit::readAttentionSquares),
          "‖q‖², ‖k‖², ‖v‖²");
      assertClose(plain.attention(), read(tokens, fit::readAttention), "attention of " + layer);
      if (input != null) {
        int size = config.width() + 1;
        assertClose(
            products(input, input),
            read(size * size, target -> fit.sumInputs(EXIT, target)),
            "Σ x·xᵀ");
        assertClose(
            products(input, plain.keyValues),
            read(size * columns, target -> fit.sumOutputs(EXIT, target)),
            "Σ x·yᵀ of " + layer);
        compareErrors(input, plain.keyValues, map, rows, fit);
      }
      fit.run(layer);
      reference.session().run(layer, layer + 1, all);
      reference.session().readStates(all, states);
      assertClose(
          split(states, config.width()), read(states.length, fit::readStates), "states " + layer);
      if (layer == EXIT) {
        fit.keep();
        input = input(config, states, rows);
      }
    }
  }

  private static void compareErrors(
      double[][] input, double[][] own, LinearTensors map, TokenRows rows, FitSession fit) {
    int width = map.weight().cols();
    int columns = map.weight().rows();
    float[] weight = new float[columns * width];
    map.weight().read(0, columns, weight, 0);
    float[] found = read(rows.tokens(), target -> fit.readErrors(EXIT, map, target));
    double[][] expected = new double[rows.tokens()][1];
    for (int row = 0; row < rows.size(); row++) {
      found[rows.classToken(row)] = 0;
      for (int t = rows.start(row); t < rows.classToken(row); t++) {
        for (int o = 0; o < columns; o++) {
          double made = map.bias()[o];
          for (int i = 0; i < width; i++) {
            made += weight[o * width + i] * input[t][i];
          }
          expected[t][0] += (made - own[t][o]) * (made - own[t][o]);
        }
      }
    }
    assertClose(expected, found, "errors");
  }

  /** {@code [n(h); 1]}, zero for class tokens. */
  private static double[][] input(ModelConfig config, float[] states, TokenRows rows) {
    NormTensors plain = NormTensors.plain(config.width());
    double[][] input = new double[rows.tokens()][config.width() + 1];
    for (int row = 0; row < rows.size(); row++) {
      for (int t = rows.start(row); t < rows.classToken(row); t++) {
        float[] normed = Formulas.norm(config.norms(), plain, token(states, config.width(), t));
        for (int i = 0; i < normed.length; i++) {
          input[t][i] = normed[i];
        }
        input[t][normed.length] = 1;
      }
    }
    return input;
  }

  /** A layer's projections and the class token's attention, as the papers have them. */
  private static final class Plain {
    private final ModelConfig config;
    private final LayerTensors layer;
    private final TokenRows rows;
    private final int window;
    private final RotaryConfig rotaryConfig;
    private final float[][] normed;
    private final double[][] keyValues;

    Plain(ModelConfig config, LayerTensors layer, float[] states, TokenRows rows, int index) {
      this.config = config;
      this.layer = layer;
      this.rows = rows;
      window = config.slidingWindow(index);
      rotaryConfig = config.rotary(index);
      normed = new float[rows.tokens()][];
      for (int t = 0; t < normed.length; t++) {
        float[] state = token(states, config.width(), t);
        normed[t] = Formulas.norm(config.norms(), layer.attentionNorm(), state);
      }
      keyValues = new double[normed.length][2 * config.keyWidth()];
      for (int t = 0; t < normed.length; t++) {
        project(layer.key(), normed[t], keyValues[t], 0);
        project(layer.value(), normed[t], keyValues[t], config.keyWidth());
      }
    }

    double[][] queries() {
      double[][] queries = new double[normed.length][config.queryWidth()];
      for (int row = 0; row < rows.size(); row++) {
        for (int t = rows.start(row); t <= rows.classToken(row); t++) {
          project(layer.query(), normed[t], queries[t], 0);
          place(queries[t], config.queryWidth(), layer.queryNorm(), t - rows.start(row));
        }
      }
      return queries;
    }

    double[][] outputSquares() {
      double[][] squares = new double[normed.length][1];
      for (int t = 0; t < squares.length; t++) {
        squares[t][0] = squares(keyValues[t], 0, keyValues[t].length);
      }
      return squares;
    }

    double[][] attentionSquares() {
      double[][] squares = new double[normed.length][];
      int half = config.keyWidth();
      double[][] queries = queries();
      for (int t = 0; t < squares.length; t++) {
        double[] key = keyValues[t].clone();
        place(key, half, layer.keyNorm(), 0);
        squares[t] =
            new double[] {
              squares(queries[t], 0, config.queryWidth()),
              squares(key, 0, half),
              squares(keyValues[t], half, half)
            };
      }
      return squares;
    }

    private static double squares(double[] vector, int from, int count) {
      double sum = 0;
      for (int i = from; i < from + count; i++) {
        sum += vector[i] * vector[i];
      }
      return sum;
    }

    double[][] attention() {
      double[][] queries = queries();
      double[][] attention = new double[normed.length][1];
      int shared = config.heads() / config.kvHeads();
      int dim = config.headDim();
      double scale = config.attention().scale();
      for (int row = 0; row < rows.size(); row++) {
        int last = rows.classToken(row);
        int first = window > 0 ? Math.max(rows.start(row), last - window + 1) : rows.start(row);
        for (int head = 0; head < config.heads(); head++) {
          double[] weights = new double[last - first + 1];
          double sum = 0;
          for (int t = first; t <= last; t++) {
            double[] key = keyValues[t].clone();
            place(key, config.keyWidth(), layer.keyNorm(), t - rows.start(row));
            double dot = 0;
            for (int i = 0; i < dim; i++) {
              dot += queries[last][head * dim + i] * key[head / shared * dim + i];
            }
            double score = Formulas.softCap(scale * dot, config.attention().softCap());
            weights[t - first] = Math.exp(score);
            sum += weights[t - first];
          }
          for (int t = first; t <= last; t++) {
            attention[t][0] += weights[t - first] / sum / config.heads();
          }
        }
      }
      return attention;
    }

    /** Norm and rotary embedding of the first {@code count} elements. */
    private void place(double[] vector, int count, float[] norm, int position) {
      float[] placed = new float[count];
      for (int i = 0; i < count; i++) {
        placed[i] = (float) vector[i];
      }
      for (int from = 0; norm != null && from < count; from += norm.length) {
        float[] normed = Formulas.rmsNorm(placed, from, norm.length, norm, config.norms().eps());
        System.arraycopy(normed, 0, placed, from, norm.length);
      }
      if (rotaryConfig != null) {
        RotaryTables rotary = RotaryTables.of(rotaryConfig, position + 1);
        for (int from = 0; from < count; from += config.headDim()) {
          Formulas.rotate(placed, from, rotary.cos()[position], rotary.sin()[position]);
        }
      }
      for (int i = 0; i < count; i++) {
        vector[i] = placed[i];
      }
    }

    private static void project(LinearTensors linear, float[] x, double[] result, int at) {
      int outputs = linear.weight().rows();
      float[] weight = new float[outputs * x.length];
      linear.weight().read(0, outputs, weight, 0);
      for (int o = 0; o < outputs; o++) {
        double sum = linear.bias() == null ? 0 : linear.bias()[o];
        for (int i = 0; i < x.length; i++) {
          sum += (double) weight[o * x.length + i] * x[i];
        }
        result[at + o] = sum;
      }
    }
  }

  private interface Reading {
    void into(float[] target);
  }

  private static float[] read(int size, Reading reading) {
    float[] target = new float[size];
    Arrays.fill(target, Float.NaN);
    reading.into(target);
    return target;
  }

  private static float[] token(float[] states, int width, int t) {
    return Arrays.copyOfRange(states, t * width, (t + 1) * width);
  }

  private static double[][] split(float[] states, int width) {
    double[][] rows = new double[states.length / width][width];
    for (int i = 0; i < states.length; i++) {
      rows[i / width][i % width] = states[i];
    }
    return rows;
  }

  private static double[][] products(double[][] left, double[][] right) {
    double[][] products = new double[left[0].length][right[0].length];
    for (int t = 0; t < left.length; t++) {
      for (int i = 0; i < left[t].length; i++) {
        for (int j = 0; j < right[t].length; j++) {
          products[i][j] += left[t][i] * right[t][j];
        }
      }
    }
    return products;
  }

  private static float[] randoms(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static void assertClose(double[][] expected, float[] found, String what) {
    int columns = expected[0].length;
    double largest = 0;
    for (double[] row : expected) {
      for (double value : row) {
        largest = Math.max(largest, Math.abs(value));
      }
    }
    for (int i = 0; i < found.length; i++) {
      double value = expected[i / columns][i % columns];
      assertEquals(value, found[i], TOLERANCE * largest, what + ", at " + i);
    }
  }
}
