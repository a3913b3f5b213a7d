package org.sparkadept.udfs.sharing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.ref.WeakReference;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.spi.ToolProvider;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.SparkFiles;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.TestSpark;
import org.sparkadept.udfs.classify.ClassifyFunction;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * A JVM that our classes come to with sessions alone, each in a loader and a folder of its own that
 * Spark closes and deletes when the session ends.
 */
class SessionJarsTest {
  private static final List<String> TEXTS =
      IntStream.range(0, 20).mapToObj(row -> "text " + row * 7919).toList();

  @TempDir private Path folder;

  @Test
  void theModelOutlivesTheSessionThatCameFirst() throws Exception {
    Path model =
        TinyCheckpoint.llama()
            .labels("no", "yes")
            .write(Files.createDirectory(folder.resolve("model")));
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "@" + Path.of("..", "conf", "jvm-options"),
                "-Xmx512m",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                SessionJarsTest.class.getName(),
                model.toString())
            .redirectErrorStream(true)
            .start();

    String printed = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, jvm.waitFor(), printed);
  }

  /**
   * The JVM.
   *
   * @param args a model directory
   */
  public static void main(String[] args) throws Exception {
    SparkSession spark = TestSpark.session();
    byte[] first = function(args[0], ComputeOptions.defaults());
    byte[] second = function(args[0], ComputeOptions.defaults().withBackend("reference"));

    WeakReference<ClassLoader> gone = new WeakReference<>(session(first, TEXTS));
    session(first, TEXTS);
    session(second, TEXTS);

    assertEquals(2, LocalModels.loads());
    SharedModelsTest.awaitCollected(gone);
    spark.stop();
  }

  /** One session from its beginning to its end. */
  private static ClassLoader session(byte[] function, List<String> texts) throws Exception {
    Path home = Path.of(SparkFiles.getRootDirectory(), UUID.randomUUID().toString());
    URLClassLoader loader = IsolatedLoader.open(archives(home));
    assertEquals(texts.size(), IsolatedLoader.task(loader).apply(function, texts).size());
    ClassLoader host = JvmRegistry.map().get("host").getClass().getClassLoader();
    assertNotSame(loader, host);
    assertNotSame(SessionJarsTest.class.getClassLoader(), host);
    loader.close();
    FileUtil.fullyDelete(home.toFile());
    return loader;
  }

  /** Ours are archives in the session's folder, as they are when a session brings them. */
  private static List<Path> archives(Path home) throws IOException {
    List<Path> archives = new ArrayList<>();
    Files.createDirectories(home);
    for (Path part : IsolatedLoader.classPath()) {
      Path archive = home.resolve(archives.size() + ".jar");
      if (Files.isDirectory(part)) {
        ToolProvider jar = ToolProvider.findFirst("jar").orElseThrow();
        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said);
        int code =
            jar.run(
                writer,
                writer,
                "--create",
                "--file",
                archive.toString(),
                "-C",
                part.toString(),
                ".");
        assertEquals(0, code, said.toString());
        archives.add(archive);
      } else if (part.getFileName().toString().startsWith("adept-")) {
        archives.add(Files.copy(part, archive));
      } else {
        archives.add(part);
      }
    }
    return archives;
  }

  private static byte[] function(String model, ComputeOptions options) {
    return ModelServer.serialize(
        new ClassifyFunction(ModelLocation.of(model), options, ClassifierOptions.defaults(), 1));
  }
}
