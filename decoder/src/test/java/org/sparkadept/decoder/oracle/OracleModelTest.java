package org.sparkadept.decoder.oracle;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyFamilies;

class OracleModelTest {

  private static final int[] IDS = {84, 257, 32, 100, 7, 200, 33, 258};

  @TempDir Path directory;

  static Stream<TinyCheckpoint> families() {
    return Stream.concat(
        Stream.of(
            TinyCheckpoint.llama().llama3Scaling().attentionBias().mlpBias(),
            TinyCheckpoint.mistral(),
            TinyCheckpoint.qwen2(),
            TinyCheckpoint.qwen3(),
            TinyCheckpoint.gpt2()),
        TinyFamilies.all().values().stream());
  }

  @ParameterizedTest
  @MethodSource("families")
  void laterTokensDoNotChangeEarlierStates(TinyCheckpoint checkpoint) throws Exception {
    OracleModel model = open(checkpoint);
    double[][][] whole = model.states(IDS);
    double[][][] beginning = model.states(Arrays.copyOf(IDS, 5));
    for (int layer = 0; layer < whole.length; layer++) {
      for (int token = 0; token < 5; token++) {
        assertArrayEquals(whole[layer][token], beginning[layer][token], 0);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("families")
  void earlierTokensDoChangeTheLastState(TinyCheckpoint checkpoint) throws Exception {
    OracleModel model = open(checkpoint);
    assertTrue(changeAtTheEnd(model, IDS, 0, 1) > 1e-3);
  }

  /** Layer by layer a window of 3 hands on what lies 2 tokens back. */
  @Test
  void aSlidingWindowForgets() throws Exception {
    OracleModel model = open(TinyCheckpoint.mistral().config(c -> c.put("sliding_window", 3)));
    double[][][] before = model.states(IDS);
    int[] changed = IDS.clone();
    changed[0] = 1;
    double[][][] after = model.states(changed);
    assertFalse(Arrays.equals(before[1][2], after[1][2]));
    assertArrayEquals(before[1][3], after[1][3], 0);
    assertFalse(Arrays.equals(before[3][6], after[3][6]));
    assertArrayEquals(before[3][7], after[3][7], 0);
  }

  /** With a window of 1 from the second layer on, only the first layer hands anything on. */
  @Test
  void qwenWindowsOnlyItsUpperLayers() throws Exception {
    int[] changed = IDS.clone();
    changed[6] = 1;
    OracleModel lower = open(qwenWindowedFrom(1));
    double[][][] before = lower.states(IDS);
    double[][][] after = lower.states(changed);
    assertFalse(Arrays.equals(before[1][7], after[1][7]));
    OracleModel all = open(qwenWindowedFrom(0));
    assertArrayEquals(all.states(IDS)[3][7], all.states(changed)[3][7], 0);
    OracleModel off = open(qwenWindowedFrom(0).config(c -> c.put("use_sliding_window", false)));
    assertTrue(changeAtTheEnd(off, IDS, 6, 1) > 1e-3);
  }

  private static TinyCheckpoint qwenWindowedFrom(int layer) {
    return TinyCheckpoint.qwen2()
        .config(c -> c.put("use_sliding_window", true).put("sliding_window", 1))
        .config(c -> c.put("max_window_layers", layer));
  }

  @Test
  void queryNormsTakeOutTheScaleOfTheQueries() throws Exception {
    assertTrue(changeByTenfoldQueries(TinyCheckpoint.qwen3()) < 1e-4); // all that eps leaves
    assertTrue(changeByTenfoldQueries(TinyCheckpoint.qwen2()) > 1e-2);
  }

  @Test
  void oneLayerOfUniformAttentionByHand() {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("model_type", "llama").put("hidden_size", 2).put("num_attention_heads", 1);
    config.put("num_hidden_layers", 1).put("rms_norm_eps", 0.0);
    Map<String, double[]> weights = new HashMap<>();
    weights.put("embed_tokens.weight", new double[] {3, 4, 1, -1});
    weights.put("layers.0.input_layernorm.weight", new double[] {1, 1});
    weights.put("layers.0.post_attention_layernorm.weight", new double[] {1, 1});
    weights.put("layers.0.self_attn.q_proj.weight", new double[4]);
    weights.put("layers.0.self_attn.k_proj.weight", new double[4]);
    weights.put("layers.0.self_attn.v_proj.weight", new double[] {1, 0, 0, 1});
    weights.put("layers.0.self_attn.o_proj.weight", new double[] {1, 0, 0, 1});
    weights.put("layers.0.mlp.gate_proj.weight", new double[6]);
    weights.put("layers.0.mlp.up_proj.weight", new double[] {1, 1, 1, 1, 1, 1});
    weights.put("layers.0.mlp.down_proj.weight", new double[] {1, 1, 1, 1, 1, 1});
    double[][][] states = HuggingFaceOracle.model(config, weights).states(new int[] {0, 1});
    // norm of (3, 4) is (3, 4) / √12.5, of (1, -1) itself; the second token adds the mean of both.
    // A gate of zero shuts the MLP.
    double root = Math.sqrt(12.5);
    double[] first = {3 + 3 / root, 4 + 4 / root};
    double[] second = {1 + (3 / root + 1) / 2, -1 + (4 / root - 1) / 2};
    assertArrayEquals(first, states[1][0], 1e-14);
    assertArrayEquals(second, states[1][1], 1e-14);
  }

  @Test
  void gpt2AddsLearnedPositionsAndSplitsTheFusedProjection() {
    ObjectNode config = JsonNodeFactory.instance.objectNode();
    config.put("model_type", "gpt2").put("n_embd", 2).put("n_head", 1).put("n_layer", 1);
    Map<String, double[]> weights = new HashMap<>();
    weights.put("wte.weight", new double[] {1, 2, 5, 5});
    weights.put("wpe.weight", new double[] {0.5, 0, 0, 0.25});
    for (String norm : new String[] {"h.0.ln_1", "h.0.ln_2"}) {
      weights.put(norm + ".weight", new double[2]);
      weights.put(norm + ".bias", new double[] {1, 0});
    }
    // The norm gives (1, 0), so row 0 of [in, 3 * width] is what comes out: q 9 9, k 9 9, v 3 7.
    weights.put("h.0.attn.c_attn.weight", new double[] {9, 9, 9, 9, 3, 7, 0, 0, 0, 0, 0, 0});
    weights.put("h.0.attn.c_attn.bias", new double[6]);
    weights.put("h.0.attn.c_proj.weight", new double[] {1, 0, 0, 1});
    weights.put("h.0.attn.c_proj.bias", new double[] {0, 100});
    weights.put("h.0.mlp.c_fc.weight", new double[2]);
    weights.put("h.0.mlp.c_fc.bias", new double[1]);
    weights.put("h.0.mlp.c_proj.weight", new double[2]);
    weights.put("h.0.mlp.c_proj.bias", new double[2]);
    double[][][] states = HuggingFaceOracle.model(config, weights).states(new int[] {0, 1});
    assertArrayEquals(new double[] {1.5, 2}, states[0][0], 0);
    assertArrayEquals(new double[] {5, 5.25}, states[0][1], 0);
    assertArrayEquals(new double[] {8, 112.25}, states[1][1], 1e-12);
  }

  private double changeByTenfoldQueries(TinyCheckpoint checkpoint) throws Exception {
    Path path = checkpoint.write(directory);
    JsonNode config = OracleFiles.config(path);
    Map<String, double[]> weights = OracleFiles.weights(path);
    double[] before = last(HuggingFaceOracle.model(config, weights).states(IDS));
    weights.forEach(
        (name, values) -> {
          if (name.contains("q_proj")) {
            for (int i = 0; i < values.length; i++) {
              values[i] *= 10;
            }
          }
        });
    return difference(before, last(HuggingFaceOracle.model(config, weights).states(IDS)));
  }

  private static double changeAtTheEnd(OracleModel model, int[] ids, int token, int id) {
    int[] changed = ids.clone();
    changed[token] = id;
    return difference(last(model.states(ids)), last(model.states(changed)));
  }

  private static double[] last(double[][][] states) {
    double[][] top = states[states.length - 1];
    return top[top.length - 1];
  }

  private static double difference(double[] a, double[] b) {
    assertEquals(a.length, b.length);
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i] - b[i]));
    }
    return largest;
  }

  private OracleModel open(TinyCheckpoint checkpoint) throws Exception {
    Path path = checkpoint.write(directory);
    return HuggingFaceOracle.model(OracleFiles.config(path), OracleFiles.weights(path));
  }
}
