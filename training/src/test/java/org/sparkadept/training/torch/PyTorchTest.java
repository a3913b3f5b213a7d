package org.sparkadept.training.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.error.AdeptException;

class PyTorchTest {
  /** Run in a JVM without the native libraries. */
  public static final class WithoutNatives {
    private WithoutNatives() {}

    /** Fails where PyTorch is refused. */
    public static void main(String[] args) {
      PyTorch.start(1);
    }
  }

  @Test
  void absentNativeLibrariesAreToldWithTheirNames() throws IOException, InterruptedException {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !entry.contains("pytorch-native") && !entry.contains("pytorch-jni"))
            .collect(Collectors.joining(File.pathSeparator));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                WithoutNatives.class.getName())
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(1, process.waitFor(), said);
    Pattern jars = Pattern.compile("pytorch-jni:[\\d.-]+ and .*pytorch-native-cpu:[\\d.]+ with");
    assertTrue(said.contains(AdeptException.class.getName()), said);
    assertTrue(jars.matcher(said).find(), said);
  }

  @Test
  void aProgramThatIsNoneIsRefused() {
    Engine engine = PyTorch.start(1);
    assertThrows(
        IllegalArgumentException.class, () -> new TorchScript(engine, "class Program(Module"));
  }

  @Test
  void aMethodTakesArraysAndADictionary() {
    String source =
        String.join(
            "\n",
            "class Program(Module):",
            "  __parameters__ = []",
            "  __buffers__ = []",
            "  training : bool",
            "  def weighted(self: __torch__.Program, x: Tensor, w: Dict[str, Tensor]) -> Tensor:",
            "    return x * w[\"times.a\"] + w[\"plus\"]",
            "");
    Engine engine = PyTorch.start(1);
    try (TorchScript program = new TorchScript(engine, source);
        NDManager scope = engine.newBaseManager()) {
      Map<String, NDArray> named = Map.of("times.a", scope.create(3f), "plus", scope.create(0.5f));
      NDArray result = program.run(scope, false, "weighted", named, scope.create(2f));
      assertEquals(6.5f, result.getFloat());
    }
  }

  @Test
  void theFormatOfProductsIsNamedOrChosen() {
    assertEquals(Precision.BF16, Precision.of("bf16"));
    assertEquals(Precision.F32, Precision.of("f32"));
    assertTrue(Arrays.asList(Precision.values()).contains(Precision.of("auto")));
    assertThrows(IllegalArgumentException.class, () -> Precision.of("int8"));
  }
}
