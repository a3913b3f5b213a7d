package org.sparkadept.decoder.compute;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyFamilies;

/** oneDNN answers as the reference does, class token first, with tokens that exit. */
class TokenExitParityTest {
  private static final double TOLERANCE = 1e-4;
  private static final long FRESH = TestSeed.value();
  private static final long[] SEEDS = {1, 2, FRESH};

  @TempDir Path directory;

  static Stream<Arguments> models() {
    Map<String, TinyCheckpoint> models = new LinkedHashMap<>();
    models.put("llama, grouped heads", TinyCheckpoint.llama());
    models.put("llama, odd shapes", TinyCheckpoint.llama().width(20).heads(3, 3, 14).mlpWidth(37));
    models.put("llama, one key head", TinyCheckpoint.llama().heads(5, 1, 8));
    models.put("llama, biases", TinyCheckpoint.llama().attentionBias().mlpBias());
    models.put("mistral, window", TinyCheckpoint.mistral());
    models.put("qwen2", TinyCheckpoint.qwen2());
    models.put("qwen3, head norms", TinyCheckpoint.qwen3());
    models.put("gpt2, learned positions", TinyCheckpoint.gpt2());
    models.putAll(TinyFamilies.all());
    List<Arguments> cases = new ArrayList<>();
    for (Map.Entry<String, TinyCheckpoint> model : models.entrySet()) {
      for (long seed : SEEDS) {
        cases.add(Arguments.of(model.getKey(), seed, model.getValue()));
      }
    }
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}, seed {1}")
  @MethodSource("models")
  void everyExitIsThatOfTheReference(String name, long seed, TinyCheckpoint checkpoint)
      throws IOException {
    TokenExitComparison comparison = comparison("cpu");
    int[] foundExits = comparison.everyExitIsThatOfTheReference(checkpoint, seed, name, 1, 3, 4);
    if (seed == FRESH) {
      return; // How many exit is known of the other models only.
    }
    for (int layer : new int[] {1, 2}) {
      long exited = IntStream.of(foundExits).filter(exit -> exit == layer).count();
      // Tokens behind a window get no attention: they exit at once, the others hardly ever.
      boolean windowed = name.contains("window");
      assertTrue(exited > 0 || (windowed && layer > 1), name + ": no token exited after " + layer);
    }
    long stayed = IntStream.of(foundExits).filter(exit -> exit == 0).count();
    assertTrue(stayed > TokenExitComparison.rows(), name + ": no token stayed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void theClassTokenFirstChangesNoAnswer(String backend) throws IOException {
    comparison(backend).theClassTokenFirstChangesNoAnswer(1e-5f);
  }

  private TokenExitComparison comparison(String backend) {
    return new TokenExitComparison(
        directory, ComputeOptions.defaults().withBackend(backend), TOLERANCE);
  }
}
