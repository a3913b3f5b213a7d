package org.sparkadept.pipeline.pyspark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.cluster.LoggedProcess;
import org.sparkadept.pipeline.cluster.SparkHome;
import org.sparkadept.pipeline.cluster.Worker;

/** Clients of a Spark Connect server, which runs on a cluster of one executor. */
class SparkConnectIT extends PythonAnswers {
  private static final String SECTION = "Spark Connect";
  private static final String ADDRESS = "sc://localhost:15002";
  private static final Pattern JAR_OF_A_SESSION =
      Pattern.compile("spark-adept\\S*\\.jar to class loader [0-9a-f]+-");

  private Worker executors;
  private String url;

  @Override
  Map<String, String> settings() {
    return Map.of(
        "spark.master", "local-cluster[1,2,1024]",
        "spark.connect.grpc.binding.address", SparkHome.HOST,
        "spark.connect.grpc.binding.port", "0");
  }

  @Override
  String otherKind() {
    return "A session of your own";
  }

  @Override
  String connect(SparkHome home, Path directory, String code) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("bash", "-c", PythonPage.commands(SECTION));
    Map<String, String> variables = builder.directory(directory.toFile()).environment();
    home.environment(variables);
    variables.merge("PATH", home.bin() + File.pathSeparator, (path, bin) -> bin + path);
    LoggedProcess server = LoggedProcess.start(builder, directory.resolveSibling("server.log"));
    executors = new Worker(server, home.work());
    url =
        "sc://"
            + SparkHome.HOST
            + ":"
            + server.await("Spark Connect server started at: \\S*:(\\d+)");
    assertTrue(code.contains(ADDRESS), ADDRESS + " is not in the page");
    return code.replace(ADDRESS, url);
  }

  @Override
  List<String> arguments() {
    return List.of(url, System.getProperty("adept.jar"));
  }

  @AfterAll
  void stopServer() {
    if (executors != null) {
      executors.daemon().close();
    }
  }

  @Test
  void aSessionWithTheJarAsAnArtifactUsesTheModelThatIsLoaded() throws IOException {
    assertAnswers("artifact");
    String log = executors.executorLog();
    assertTrue(JAR_OF_A_SESSION.matcher(log).find(), log);
    assertEquals(1, log.split("LoadedModel: Loaded", -1).length - 1, log);
  }
}
