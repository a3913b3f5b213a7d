package org.sparkadept.gpu;

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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.compute.TokenExitComparison;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyCheckpoint;

/** With token exits, the answers are those of the reference. */
class TokenExitParityTest {
  @TempDir Path directory;

  static Stream<Arguments> models() {
    Map<String, TinyCheckpoint> models = new LinkedHashMap<>();
    models.put("llama, grouped heads", TinyCheckpoint.llama());
    models.put("mistral, window", TinyCheckpoint.mistral());
    models.put("qwen2, biases", TinyCheckpoint.qwen2());
    models.put("qwen3, head norms", TinyCheckpoint.qwen3());
    models.put("gpt2, learned positions", TinyCheckpoint.gpt2());
    List<Arguments> cases = new ArrayList<>();
    // With tensor cores too many tokens differ at the threshold.
    for (Arithmetic arithmetic : List.of(Arithmetic.F32, Arithmetic.F16)) {
      models.forEach((name, model) -> cases.add(Arguments.of(name, arithmetic, model)));
    }
    return cases.stream();
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("models")
  void everyExitIsThatOfTheReference(String name, Arithmetic arithmetic, TinyCheckpoint checkpoint)
      throws IOException {
    int[] exits =
        comparison(arithmetic).everyExitIsThatOfTheReference(checkpoint, TestSeed.value(), name);
    long exited = IntStream.of(exits).filter(exit -> exit > 0).count();
    assertTrue(exited > 0 && exited < exits.length, name + ": all or none exited");
  }

  @ParameterizedTest
  @EnumSource
  void theClassTokenFirstChangesNoAnswer(Arithmetic arithmetic) throws IOException {
    comparison(arithmetic).theClassTokenFirstChangesNoAnswer(0);
  }

  private TokenExitComparison comparison(Arithmetic arithmetic) {
    arithmetic.orSkip();
    return new TokenExitComparison(directory, arithmetic.options(), arithmetic.tolerance());
  }
}
