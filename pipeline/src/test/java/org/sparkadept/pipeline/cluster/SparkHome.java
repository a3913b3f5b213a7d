package org.sparkadept.pipeline.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A folder that looks like a Spark installation, made of the jars that this project builds with.
 */
final class SparkHome {
  /** Short-lived JVMs on few cores: no time is spent on the better compiler and collector. */
  static final List<String> FAST_START = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

  static final Path BASH = Path.of("/bin/bash");

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

  /**
   * Makes the folder.
   *
   * @param classPath Spark's jars
   * @param settings the lines of its {@code spark-defaults.conf}
   */
  static SparkHome make(Path folder, String classPath, Map<String, String> settings)
      throws IOException {
    Path jars = Files.createDirectories(folder.resolve("jars"));
    for (String jar : classPath.trim().split(Pattern.quote(File.pathSeparator))) {
      Path target = Path.of(jar);
      Files.createSymbolicLink(jars.resolve(target.getFileName()), target);
    }
    Path bin = Files.createDirectories(folder.resolve("bin"));
    script(bin.resolve("spark-class"), SPARK_CLASS.formatted(String.join(" ", FAST_START)));
    script(bin.resolve("spark-submit"), SPARK_SUBMIT);
    StringBuilder lines = new StringBuilder();
    settings.forEach((key, value) -> lines.append(key).append(' ').append(value).append('\n'));
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.writeString(conf.resolve("spark-defaults.conf"), lines);
    return new SparkHome(folder);
  }

  private static void script(Path file, String content) throws IOException {
    Files.writeString(file, content);
    if (!file.toFile().setExecutable(true)) {
      throw new IOException(file + " cannot be made executable");
    }
  }

  String jars() {
    return folder.resolve("jars") + "/*";
  }

  String submit() {
    return folder.resolve("bin/spark-submit").toString();
  }

  /** Nothing of a Spark that this machine may have; all on loopback. */
  void environment(Map<String, String> variables, Path localDirectory) {
    variables
        .keySet()
        .removeIf(name -> name.matches("(SPARK|HADOOP|YARN|ADEPT)_.*|JAVA_TOOL_OPTIONS"));
    variables.put("SPARK_HOME", folder.toString());
    variables.put("SPARK_SCALA_VERSION", "2.13");
    variables.put("SPARK_LOCAL_IP", StandaloneCluster.HOST);
    variables.put("SPARK_LOCAL_DIRS", localDirectory.toString());
    variables.put("JAVA_HOME", System.getProperty("java.home"));
  }
}
