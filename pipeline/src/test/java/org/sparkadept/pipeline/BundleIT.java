package org.sparkadept.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that people put on spark-submit's command line. */
class BundleIT {
  private static final Path JAR = Path.of(System.getProperty("adept.jar"));
  private static final Path CLASS_PATH = Path.of(System.getProperty("adept.classpath"));

  /** What may be in it: ours, and what Spark does not ship. */
  private static final Pattern BUNDLED =
      Pattern.compile(
          "(org/sparkadept|ai/djl|org/bytedeco|com/sun/jna|picocli|j2html|org/knowm/xchart|org/apache/batik"
              + "|native/lib)/.*|META-INF/.*|pytorch-engine\\.properties");

  @TempDir private Path folder;

  @Test
  void holdsOursAndWhatSparkLacksAndNothingElse() throws IOException {
    TreeSet<String> foreign = new TreeSet<>();
    TreeSet<String> all = new TreeSet<>();
    try (JarFile jar = new JarFile(JAR.toFile())) {
      jar.stream().filter(entry -> !entry.isDirectory()).forEach(entry -> all.add(entry.getName()));
    }
    for (String name : all) {
      if (!BUNDLED.matcher(name).matches()) {
        foreign.add(name);
      }
    }
    assertEquals(new TreeSet<>(), foreign);
    for (String needed :
        List.of(
            "org/sparkadept/pipeline/Adept.class",
            "org/sparkadept/udfs/table/ArrowScoring.class",
            "org/sparkadept/decoder/LoadedModel.class",
            "ai/djl/huggingface/tokenizers/HuggingFaceTokenizer.class",
            "ai/djl/pytorch/engine/PtEngine.class",
            "org/sparkadept/training/tune/Tuner.class",
            "org/bytedeco/javacpp/Pointer.class",
            "org/bytedeco/dnnl/global/dnnl.class",
            "com/sun/jna/Native.class",
            "picocli/CommandLine.class",
            "j2html/TagCreator.class",
            "org/knowm/xchart/XYChart.class",
            "org/apache/batik/svggen/SVGGraphics2D.class",
            "META-INF/NOTICE",
            "META-INF/THIRD-PARTY.md",
            "META-INF/licenses/Apache-2.0.txt")) {
      assertTrue(all.contains(needed), needed);
    }
    assertFalse(all.stream().anyMatch(name -> name.contains("libtorch")));
    assertTrue(all.stream().anyMatch(name -> name.matches(".*/libjnidnnl\\.(so|dylib)")));
    assertFalse(all.stream().anyMatch(name -> name.matches("META-INF/.*\\.(SF|RSA|DSA)")));
  }

  @Test
  void theClassPathBesideItHoldsSparkAndNothingOfOurs() throws IOException {
    List<String> jars =
        List.of(Files.readString(CLASS_PATH).trim().split(Pattern.quote(File.pathSeparator)));
    assertTrue(jars.stream().anyMatch(jar -> jar.contains("spark-sql_2.13")));
    assertTrue(jars.stream().anyMatch(jar -> jar.contains("gson")));
    assertFalse(jars.stream().anyMatch(jar -> jar.contains("picocli") || jar.contains("dnnl")));
  }

  @Test
  void theLauncherRunsFromAnywhereThroughLinksAndSpaces() throws Exception {
    Path link = folder.resolve("the adept");
    Files.createSymbolicLink(link, Path.of("..", "bin", "adept").toRealPath());

    List<String> command = new ArrayList<>(List.of("bash", link.toString(), "--version"));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("ADEPT_SKIP_BUILD", "1");
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.remove("SPARK_HOME");
    Process process = builder.redirectErrorStream(true).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(0, process.waitFor(), printed);
    assertTrue(printed.startsWith("adept "), printed);
  }
}
