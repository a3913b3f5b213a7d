package org.sparkadept.pipeline.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.fixture.Await;

/**
 * A Spark standalone cluster on loopback: a master and workers of one core each, in JVMs of their
 * own, on ports that are free.
 */
final class StandaloneCluster implements AutoCloseable {
  static final String HOST = "127.0.0.1";

  /** As docs/usage.md says for spark-submit; Spark's own options lack it. */
  private static final String ARROW_ON_NEW_JDKS =
      "-XX:+IgnoreUnrecognizedVMOptions --sun-misc-unsafe-memory-access=allow";

  private static final String DEPLOY = "org.apache.spark.deploy.";
  private static final Path JVM_OPTIONS = Path.of("..", "conf", "jvm-options");
  private static final Path LOGGING = Path.of("..", "conf", "log4j2.properties");

  private final Path folder;
  private final SparkHome home;
  private final List<Worker> workers = new ArrayList<>();
  private final List<LoggedProcess> submitted = new ArrayList<>();
  private LoggedProcess master;
  private String url;
  private URI status;
  private int started;

  private StandaloneCluster(Path folder, SparkHome home) {
    this.folder = folder;
    this.home = home;
  }

  /**
   * Starts a cluster of two workers.
   *
   * @param folder for all its files
   * @param classPath Spark's jars
   */
  static StandaloneCluster start(Path folder, String classPath) throws Exception {
    String fast = String.join(" ", SparkHome.FAST_START);
    Path temporary = Files.createDirectories(folder.resolve("tmp"));
    Files.createDirectories(folder.resolve("local"));
    String options = fast + " " + ARROW_ON_NEW_JDKS + " -Djava.io.tmpdir=" + temporary;
    Map<String, String> settings =
        Map.of(
            "spark.ui.enabled", "false",
            "spark.driver.host", HOST,
            "spark.driver.memory", "512m",
            "spark.executor.memory", "512m",
            // The job begins when all executors are there.
            "spark.scheduler.minRegisteredResourcesRatio", "1.0",
            "spark.scheduler.maxRegisteredResourcesWaitingTime", "240s",
            "spark.driver.extraJavaOptions",
                options + " -Dlog4j2.configurationFile=" + LOGGING.toRealPath().toUri(),
            "spark.executor.extraJavaOptions", options);
    SparkHome home = SparkHome.make(folder.resolve("home"), classPath, settings);
    StandaloneCluster cluster = new StandaloneCluster(folder, home);
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop-cluster"));
    try {
      cluster.startMaster();
      cluster.startWorker();
      cluster.startWorker();
      cluster.awaitWorkers(2);
      return cluster;
    } catch (Throwable e) {
      cluster.close();
      throw e;
    }
  }

  private void startMaster() throws Exception {
    master = daemon("master", "master.Master", "--port", "0", "--webui-port", "0");
    url = "spark://" + HOST + ":" + master.await("'sparkMaster' on port (\\d+)");
    status =
        URI.create("http://" + HOST + ":" + master.await("'MasterUI' on port (\\d+)") + "/json/");
  }

  /** Starts a further worker. */
  Worker startWorker() throws IOException {
    String name = "worker-" + ++started;
    Path directory = Files.createDirectories(folder.resolve(name));
    LoggedProcess daemon =
        daemon(
            name,
            "worker.Worker",
            "--port",
            "0",
            "--webui-port",
            "0",
            "--cores",
            "1",
            "--memory",
            "1g",
            "--work-dir",
            directory.toString(),
            url);
    Worker worker = new Worker(daemon, directory);
    workers.add(worker);
    return worker;
  }

  private LoggedProcess daemon(String name, String type, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + JVM_OPTIONS.toRealPath());
    command.addAll(SparkHome.FAST_START);
    command.addAll(List.of("-Xmx256m", "-cp", home.jars()));
    command.add("-Dspark.master.rest.enabled=false");
    command.addAll(List.of(DEPLOY + type, "--host", HOST));
    command.addAll(List.of(arguments));
    return start(new ProcessBuilder(command).directory(folder.toFile()), name);
  }

  private LoggedProcess start(ProcessBuilder builder, String name) throws IOException {
    home.environment(builder.environment(), folder.resolve("local"));
    return LoggedProcess.start(builder, folder.resolve(name + ".log"));
  }

  /** Waits until the master knows so many workers, and no application runs. */
  void awaitWorkers(int count) throws InterruptedException {
    Await.until(
        count + " idle workers at " + url,
        () -> {
          JsonNode state = state();
          return state.path("aliveworkers").asInt() == count
              && state.path("activeapps").isEmpty()
              && state.path("coresused").asInt() == 0;
        });
  }

  private JsonNode state() {
    try (InputStream answer = status.toURL().openStream()) {
      return new ObjectMapper().readTree(answer);
    } catch (IOException e) {
      throw new AssertionError("the master does not answer:\n" + master.printed(), e);
    }
  }

  /** The workers that were not killed. */
  List<Worker> workers() {
    return workers.stream().filter(worker -> worker.daemon().process().isAlive()).toList();
  }

  /**
   * Runs spark-submit.
   *
   * @param directory the driver's working directory
   * @param settings of Spark, over the cluster's
   * @param arguments the application's jar and what it is told
   */
  LoggedProcess submit(Path directory, Map<String, String> settings, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(home.submit(), "--master", url));
    settings.forEach((key, value) -> command.addAll(List.of("--conf", key + "=" + value)));
    command.addAll(arguments);
    LoggedProcess driver =
        start(
            new ProcessBuilder(command).directory(directory.toFile()),
            "driver-" + submitted.size());
    submitted.add(driver);
    return driver;
  }

  /** Waits until no executor runs and the master knows of no application. */
  void awaitIdle() throws InterruptedException {
    Await.until(
        "the end of all executors",
        () -> workers().stream().allMatch(worker -> worker.executors().isEmpty()));
    awaitWorkers(workers().size());
  }

  /** The folders for temporary files of drivers and executors. */
  List<Path> temporaryFolders() {
    return List.of(folder.resolve("tmp"), folder.resolve("local"));
  }

  /** Stops all that was started. */
  @Override
  public void close() {
    submitted.forEach(LoggedProcess::close);
    workers.forEach(worker -> worker.daemon().close());
    if (master != null) {
      master.close();
    }
  }
}
