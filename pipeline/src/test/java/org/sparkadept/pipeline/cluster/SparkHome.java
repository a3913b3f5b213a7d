package org.sparkadept.pipeline.cluster;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.sparkadept.pipeline.CommandRun;

/**
 * A folder that is a Spark installation whose settings suit tests: small JVMs that start quickly,
 * all on loopback, with all their temporary files in this folder.
 */
public final class SparkHome {
  public static final String HOST = "127.0.0.1";

  /** As docs/usage.md says for spark-submit; Spark's own options lack it. */
  private static final String ARROW_ON_NEW_JDKS =
      "-XX:+IgnoreUnrecognizedVMOptions --sun-misc-unsafe-memory-access=allow";

  /** The program that Spark would start to send rows to; there is none. */
  private static final String NO_PYTHON = "python-for-rows";

  private static final Path LOGGING = Path.of("..", "conf", "log4j2.properties");
  private static final Path BASH = Path.of("/bin/bash");

  /** The launcher prints an empty word, a line break, and the command; each word ends with NUL. */
  private static final String SPARK_CLASS =
      """
      #!/bin/bash
      home=$(cd "$(dirname "$0")/.." && pwd)
      words=()
      while IFS= read -r -d '' word; do
        words+=("${word#$'\\n'}")
      done < <("$JAVA_HOME/bin/java" %s -cp "$home/jars/*" org.apache.spark.launcher.Main "$@")
      [ ${#words[@]} -gt 1 ] || exit 1
      exec "${words[@]:1}"
      """;

  private static final String SPARK_SUBMIT =
      """
      #!/bin/bash
      exec "$(dirname "$0")/spark-class" org.apache.spark.deploy.SparkSubmit "$@"
      """;

  private final Path folder;

  private SparkHome(Path folder) {
    this.folder = folder;
  }

  /** Skips a test where its scripts cannot run, or nothing can listen. */
  static void assumeUsable() {
    assumeTrue(Files.isExecutable(BASH), "no " + BASH + " for spark-submit");
    assumeTrue(loopbackWorks(), "no loopback interface to bind to");
  }

  private static boolean loopbackWorks() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Makes an installation of the jars that this project builds with.
   *
   * @param classPath Spark's jars
   */
  static SparkHome ofJars(Path folder, String classPath) throws IOException {
    Path jars = Files.createDirectories(folder.resolve("jars"));
    for (String jar : classPath.trim().split(Pattern.quote(File.pathSeparator))) {
      Path target = Path.of(jar);
      Files.createSymbolicLink(jars.resolve(target.getFileName()), target);
    }
    Path bin = Files.createDirectories(folder.resolve("bin"));
    script(
        bin.resolve("spark-class"), SPARK_CLASS.formatted(String.join(" ", CommandRun.FAST_START)));
    script(bin.resolve("spark-submit"), SPARK_SUBMIT);
    return new SparkHome(folder).configure(Map.of());
  }

  /**
   * Makes an installation of the scripts and jars of another one.
   *
   * @param settings of Spark, over those of all tests
   */
  public static SparkHome linkedTo(Path installation, Path folder, Map<String, String> settings)
      throws IOException {
    assumeUsable();
    Files.createDirectories(folder);
    for (String part : List.of("bin", "jars")) {
      Files.createSymbolicLink(folder.resolve(part), installation.resolve(part));
    }
    return new SparkHome(folder).configure(settings);
  }

  private static void script(Path file, String content) throws IOException {
    Files.writeString(file, content);
    if (!file.toFile().setExecutable(true)) {
      throw new IOException(file + " cannot be made executable");
    }
  }

  /** Writes {@code spark-defaults.conf}. */
  private SparkHome configure(Map<String, String> settings) throws IOException {
    for (String each : List.of("tmp", "local", "work")) {
      Files.createDirectories(folder.resolve(each));
    }
    String options =
        String.join(" ", CommandRun.FAST_START)
            + " "
            + ARROW_ON_NEW_JDKS
            + " -Djava.io.tmpdir="
            + folder.resolve("tmp");
    Map<String, String> all = new LinkedHashMap<>();
    all.put("spark.ui.enabled", "false");
    all.put("spark.driver.host", HOST);
    all.put("spark.driver.memory", "512m");
    all.put("spark.executor.memory", "512m");
    // The job begins when all executors are there.
    all.put("spark.scheduler.minRegisteredResourcesRatio", "1.0");
    all.put("spark.scheduler.maxRegisteredResourcesWaitingTime", "240s");
    all.put("spark.driver.defaultJavaOptions", options);
    all.put("spark.executor.defaultJavaOptions", options);
    all.putAll(settings);
    StringBuilder lines = new StringBuilder();
    all.forEach((key, value) -> lines.append(key).append(' ').append(value).append('\n'));
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.writeString(conf.resolve("spark-defaults.conf"), lines);
    return this;
  }

  String jars() {
    return folder.resolve("jars") + "/*";
  }

  /** The folder of its scripts. */
  public Path bin() {
    return folder.resolve("bin");
  }

  /** Where executors of the master {@code local-cluster} have their working directories. */
  public Path work() {
    return folder.resolve("work");
  }

  /** The folders for temporary files of drivers and executors. */
  List<Path> temporaryFolders() {
    return List.of(folder.resolve("tmp"), folder.resolve("local"));
  }

  /** Nothing of a Spark that this machine may have; all on loopback; no rows sent to Python. */
  public void environment(Map<String, String> variables) {
    variables
        .keySet()
        .removeIf(name -> name.matches("(SPARK|PYSPARK|HADOOP|YARN|ADEPT)_.*|JAVA_TOOL_OPTIONS"));
    variables.put("SPARK_HOME", folder.toString());
    variables.put("SPARK_SCALA_VERSION", "2.13");
    variables.put("SPARK_LOCAL_IP", HOST);
    variables.put("SPARK_LOCAL_DIRS", folder.resolve("local").toString());
    variables.put("PYSPARK_PYTHON", NO_PYTHON);
    variables.put("JAVA_HOME", System.getProperty("java.home"));
  }

  /**
   * Prepares the jar's program under spark-submit, with its own logging.
   *
   * @param settings of Spark, over the installation's
   * @param arguments the program's
   */
  public ProcessBuilder submit(String master, Map<String, String> settings, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(bin().resolve("spark-submit").toString()));
    command.addAll(List.of("--master", master, "--class", "org.sparkadept.pipeline.Adept"));
    command.add("--driver-java-options");
    command.add("-Dlog4j2.configurationFile=" + LOGGING.toRealPath().toUri());
    settings.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
    command.add(System.getProperty("adept.jar"));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    environment(builder.environment());
    return builder;
  }
}
