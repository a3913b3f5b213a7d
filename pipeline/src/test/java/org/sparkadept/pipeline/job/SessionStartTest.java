package org.sparkadept.pipeline.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.BindException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.failure.Failure;

/** Sessions that cannot start; those that Spark itself must refuse in JVMs of their own. */
class SessionStartTest {
  @TempDir private Path folder;

  /** In a JVM of its own, since this one has a session. */
  @Test
  void aMasterThatThisSparkLacksIsToldInOneLine() throws Exception {
    Process run =
        CommandRun.inOwnJvm("-Xmx480m", "sql", "-q", "-e", "SELECT 1", "--master=k8s://https://x")
            .start();
    String printed = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(3, run.waitFor(), printed);
    assertTrue(printed.contains("no library for the master k8s://https://x. Set SPARK_HOME"));
    assertFalse(printed.contains("\tat "), printed);
  }

  @Test
  void mastersThatDoNotExistAreTold() {
    for (String cause : List.of("Could not parse Master URL: 'x'", "Asked to run locally with 0")) {
      Failure failure = Failure.of(SessionStart.explained(new SparkException(cause), "x"));

      assertEquals(3, failure.exitCode());
      assertTrue(failure.message().contains("There is no Spark master 'x'."), failure.message());
    }
  }

  @Test
  void temporaryFoldersThatCannotBeWrittenAreTold() throws IOException {
    String good = folder.resolve("made").toString();
    String bad = Files.createFile(folder.resolve("file")).resolve("in").toString();

    SessionStart.requireTemporaryFolders(new String[] {bad, good}, good);

    assertUnusable(
        bad + ". Allow writing there, or name another folder: SPARK_LOCAL_DIRS", bad, good);
    assertUnusable(bad + ". Allow writing there, or name another folder: -Djava.io.tmp", good, bad);
  }

  private static void assertUnusable(String told, String sparks, String jvms) {
    String message =
        assertThrows(
                AdeptException.class,
                () -> SessionStart.requireTemporaryFolders(new String[] {sparks}, jvms))
            .getMessage();
    assertTrue(message.contains(told), message);
  }

  @Test
  void whatTheConfigurationAsksForInVainIsTold() {
    Exception missing = assertThrows(ClassNotFoundException.class, () -> Class.forName("foo.Bar"));
    Exception size = new NumberFormatException("Failed to parse byte string: foo");

    Failure plugin = Failure.of(SessionStart.explained(missing, "local[*]"));
    Failure memory = Failure.of(SessionStart.explained(size, "local[*]"));

    assertEquals(3, plugin.exitCode());
    assertTrue(
        plugin
            .message()
            .endsWith(
                "(spark.plugins, spark.extraListeners, …) is not on the class path: foo.Bar"));
    assertEquals(3, memory.exitCode());
    assertTrue(memory.message().endsWith("byte string: foo"), memory.message());
  }

  @Test
  void yarnNeedsItsConfigurationInClientMode() {
    SparkConf yarn = new SparkConf(false).set("spark.master", "yarn");

    String message =
        assertThrows(AdeptException.class, () -> SessionStart.requireHadoopConf(yarn, Map.of()))
            .getMessage();

    assertTrue(message.contains("HADOOP_CONF_DIR"), message);
    SessionStart.requireHadoopConf(yarn, Map.of("YARN_CONF_DIR", "/etc/hadoop"));
    SessionStart.requireHadoopConf(
        yarn.clone().set("spark.submit.deployMode", "cluster"), Map.of());
  }

  @Test
  void aMasterThatDoesNotAnswerMayBeBackLater() {
    IllegalStateException stopped =
        new IllegalStateException("Cannot call methods on a stopped SparkContext.\nThis stopped");

    Failure standalone = Failure.of(SessionStart.explained(stopped, "spark://host:7077"));
    Failure local = Failure.of(SessionStart.explained(stopped, "local-cluster[1,1,1024]"));

    assertEquals(1, standalone.exitCode());
    assertTrue(standalone.message().contains("answered at spark://host:7077"));
    assertEquals(3, local.exitCode());
    assertTrue(local.message().contains("SPARK_HOME"), local.message());
  }

  @Test
  void anInterfaceThatIsDownIsTold() {
    Exception down = new SparkException("no start", new BindException("Cannot assign"));

    Failure failure = Failure.of(SessionStart.explained(down, "local[*]"));

    assertEquals(3, failure.exitCode());
    assertTrue(failure.message().contains("interface is up"), failure.message());
  }

  @Test
  void whatTheUserCannotCorrectStaysAsItIs() {
    RuntimeException bug = new IllegalStateException("a bug");
    AdeptException ours = new AdeptException("mend it");

    assertSame(bug, SessionStart.explained(bug, "local[*]"));
    assertSame(ours, SessionStart.explained(ours, "local[*]"));
  }
}
