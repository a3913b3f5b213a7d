package org.sparkadept.pipeline.pyspark;

import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.sparkadept.pipeline.TestSpark;
import org.sparkadept.pipeline.cluster.SparkHome;

/**
 * A Python interpreter with PySpark, which has a whole Spark.
 *
 * @param python the interpreter
 * @param version PySpark's
 * @param home PySpark's folder, a Spark installation
 * @param packages those of the packages that tests use that it has
 */
record PySpark(String python, String version, Path home, Set<String> packages) {
  private static final String VARIABLE = "ADEPT_TEST_PYTHON";
  private static final Path ENVIRONMENT = Path.of("..", ".venv-test", "bin", "python");
  private static final Path PROGRAMS = Path.of("src", "test", "python");

  /** Hadoop before 3.5 calls a method that Java 24 no longer has. */
  private static final int FIRST_JAVA_WITHOUT_SUBJECT = 24;

  /** What the interpreter says of itself. */
  private record Facts(String version, Path home, Set<String> packages) {}

  /**
   * Finds the interpreter that the environment names; else that of {@code .ci/run}, or of the PATH,
   * without which the test is skipped.
   */
  static PySpark find() throws Exception {
    String named = System.getenv(VARIABLE);
    if (named != null) {
      PySpark pyspark =
          ask(named)
              .orElseThrow(() -> new AssertionError(VARIABLE + ": " + named + " has no PySpark"));
      return pyspark.assumeJava();
    }
    String python = Files.exists(ENVIRONMENT) ? absolute(ENVIRONMENT).toString() : "python3";
    Optional<PySpark> found = ask(python);
    assumeTrue(
        found.isPresent(),
        python + " has no PySpark; .ci/run installs it, or " + VARIABLE + " names one that has");
    PySpark pyspark = found.get();
    String spark = TestSpark.session().version();
    assumeTrue(
        pyspark.version.equals(spark),
        python + " has PySpark " + pyspark.version + ", and the build is for Spark " + spark);
    return pyspark.assumeJava();
  }

  private static Optional<PySpark> ask(String python) throws IOException, InterruptedException {
    Process process;
    try {
      process =
          new ProcessBuilder(python, program("packages.py"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return Optional.empty(); // there is no such program
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      return Optional.empty();
    }
    Facts facts =
        new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .readValue(said, Facts.class);
    return Optional.of(new PySpark(python, facts.version, facts.home, facts.packages));
  }

  private PySpark assumeJava() {
    boolean oldHadoop = Files.exists(home.resolve("jars/hadoop-client-api-3.4.2.jar"));
    assumeFalse(
        oldHadoop && Runtime.version().feature() >= FIRST_JAVA_WITHOUT_SUBJECT,
        "the Hadoop of PySpark " + version + " does not run on Java " + Runtime.version());
    return this;
  }

  /** An installation of its Spark. */
  SparkHome sparkHome(Path folder, Map<String, String> settings) throws IOException {
    return SparkHome.linkedTo(home, folder, settings);
  }

  /** The path of a program of the tests. */
  static String program(String name) {
    return absolute(PROGRAMS.resolve(name)).toString();
  }

  /** Keeps links as they are: an interpreter knows its packages by the link that starts it. */
  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
