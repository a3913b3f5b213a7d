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
import org.sparkadept.pipeline.CommandRun;

/**
 * A Spark standalone cluster on loopback: a master and workers of one core each, in JVMs of their
 * own, on ports that are free.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final String HOST = SparkHome.HOST;
  private static final String DEPLOY = "org.apache.spark.deploy.";
  private static final Path JVM_OPTIONS = Path.of("..", "conf", "jvm-options");

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
    SparkHome home = SparkHome.ofJars(folder.resolve("home"), classPath);
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
    command.addAll(CommandRun.FAST_START);
    command.addAll(List.of("-Xmx256m", "-cp", home.jars()));
    command.add("-Dspark.master.rest.enabled=false");
    command.addAll(List.of(DEPLOY + type, "--host", HOST));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    home.environment(builder.environment());
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
   * Runs the jar's program.
   *
   * @param directory the driver's working directory
   * @param settings of Spark, over the cluster's
   * @param arguments the program's
   */
  LoggedProcess submit(Path directory, Map<String, String> settings, List<String> arguments)
      throws IOException {
    LoggedProcess driver =
        LoggedProcess.start(
            home.submit(url, settings, arguments).directory(directory.toFile()),
            folder.resolve("driver-" + submitted.size() + ".log"));
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
    return home.temporaryFolders();
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
