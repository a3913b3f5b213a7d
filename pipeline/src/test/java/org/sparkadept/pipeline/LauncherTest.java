package org.sparkadept.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.Await;

/**
 * {@code bin/adept} in a tree that was never built, with a {@code mvn} and a {@code java} of ours.
 */
class LauncherTest {
  private static final Path BASH = Path.of("/bin/bash");

  /** Builds until it may end; fails where another build runs. */
  private static final String MVN =
      """
      #!/bin/bash
      cd "$(dirname "$0")/.." || exit 1
      mkdir building || { echo '[ERROR] two builds in one folder'; exit 1; }
      echo build >>builds
      while [ ! -f may-end ]; do sleep 0.1; done
      rmdir building
      mkdir -p pipeline/target
      touch pipeline/target/spark-adept-1.jar
      echo spark.jar >pipeline/target/spark.classpath
      case " $* " in
        *" -Ppytorch "*) mkdir -p training/target; echo torch.jar >training/target/pytorch.classpath ;;
      esac
      """;

  private static final String JAVA =
      """
      #!/bin/bash
      [ "$1" = -version ] && echo 'openjdk version "17.0.1"' || echo "ran ${@: -1}"
      """;

  @TempDir private Path tree;

  private final List<Process> started = new ArrayList<>();

  @BeforeEach
  void makeTree() throws IOException {
    assumeTrue(Files.isExecutable(BASH), "no " + BASH);
    for (String folder : List.of("bin", "conf", "mvn", "jdk/bin")) {
      Files.createDirectories(tree.resolve(folder));
    }
    for (String module : List.of("decoder", "udfs", "training", "pipeline")) {
      Files.createDirectories(tree.resolve(module + "/src/main"));
      Files.createFile(tree.resolve(module + "/pom.xml"));
    }
    Files.createFile(tree.resolve("pom.xml"));
    Files.copy(Path.of("..", "conf", "jvm-options"), tree.resolve("conf/jvm-options"));
    Files.copy(Path.of("..", "bin", "adept"), tree.resolve("bin/adept"));
    script("mvn/mvn", MVN);
    script("jdk/bin/java", JAVA);
  }

  @AfterEach
  void end() {
    for (Process process : started) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private void script(String file, String content) throws IOException {
    Files.writeString(tree.resolve(file), content);
    assertTrue(tree.resolve(file).toFile().setExecutable(true));
  }

  @Test
  void ofTwoAtOnceOneBuildsAndTheOtherWaitsAndSaysSo() throws Exception {
    Process first = start("first");
    awaitBuilds(1);
    Process second = start("second");
    Await.until("the second to wait", () -> log("second").contains("waiting for it"));
    assertTrue(log("second").contains("process " + first.pid()), log("second"));

    Files.createFile(tree.resolve("may-end"));

    assertRan(first, "first");
    assertRan(second, "second");
    awaitBuilds(1);
    assertRan(start("third"), "third");
    awaitBuilds(1);
  }

  @Test
  void theFirstTuningFetchesPyTorchOnce() throws Exception {
    script(
        "jdk/bin/java", "#!/bin/bash\n[ \"$1\" = -version ] && echo 'version \"17\"' || echo $*\n");
    Files.createFile(tree.resolve("may-end"));
    Process classify = start("classify");
    assertEquals(0, classify.waitFor(), () -> log("classify"));
    awaitBuilds(1);
    assertFalse(log("classify").contains("torch.jar"), log("classify"));
    assertFalse(log("classify").contains("jdk.incubator.vector"), log("classify"));
    for (int time = 0; time < 2; time++) {
      Process tune = start("tune");
      assertEquals(0, tune.waitFor(), () -> log("tune"));
      assertTrue(log("tune").contains("torch.jar:"), log("tune"));
      assertTrue(log("tune").contains("jdk.incubator.vector"), log("tune"));
      assertEquals(time == 0, log("tune").contains("downloads PyTorch"), log("tune"));
    }
    awaitBuilds(2);
  }

  @Test
  void aBuildThatWasKilledIsDoneAnewByOneOfTheWaiting() throws Exception {
    Process killed = start("killed");
    awaitBuilds(1);
    Process second = start("second");
    Process third = start("third");
    Await.until("the second to wait", () -> log("second").contains("waiting for it"));
    Await.until("the third to wait", () -> log("third").contains("waiting for it"));
    killed.descendants().forEach(ProcessHandle::destroyForcibly);
    killed.destroyForcibly().waitFor();
    Files.delete(tree.resolve("building"));

    Files.createFile(tree.resolve("may-end"));

    assertRan(second, "second");
    assertRan(third, "third");
    awaitBuilds(2);
  }

  @Test
  void aStoppedBuildEndsAndLeavesTheTreeFree() throws Exception {
    Process stopped = start("stopped");
    awaitBuilds(1);

    stopped.destroy();

    assertEquals(130, stopped.waitFor());
    Files.delete(tree.resolve("building"));
    Files.createFile(tree.resolve("may-end"));
    assertRan(start("next"), "next");
  }

  @Test
  void aFailedBuildIsToldAndLeavesTheTreeFree() throws Exception {
    Path building = Files.createDirectory(tree.resolve("building"));
    Process failed = start("failed");

    assertEquals(1, failed.waitFor());
    assertTrue(log("failed").contains("two builds in one folder"), log("failed"));
    Files.delete(building);
    Files.createFile(tree.resolve("may-end"));
    assertRan(start("next"), "next");
  }

  private Process start(String name) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(BASH.toString(), tree.resolve("bin/adept").toString(), name));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(variable -> variable.matches("(SPARK|ADEPT)_.*"));
    environment.put("PATH", tree.resolve("mvn") + ":/usr/bin:/bin");
    environment.put("JAVA_HOME", tree.resolve("jdk").toString());
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(tree.resolve(name + ".log").toFile())
            .start();
    started.add(process);
    return process;
  }

  private void awaitBuilds(int count) throws InterruptedException {
    Await.until(count + " builds", () -> text("builds").lines().count() == count);
  }

  private void assertRan(Process process, String name) throws InterruptedException {
    assertEquals(0, process.waitFor(), log(name));
    assertTrue(log(name).endsWith("ran " + name + "\n"), log(name));
  }

  private String log(String name) {
    return text(name + ".log");
  }

  private String text(String file) {
    try {
      return Files.exists(tree.resolve(file)) ? Files.readString(tree.resolve(file)) : "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
