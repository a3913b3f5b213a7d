package org.sparkadept.pipeline.job;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.Utils;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.failure.Messages;

/** The start of a session: what keeps Spark from it is found before, or told in its words. */
final class SessionStart {
  /** Where a machine's own name does not resolve: the name that always does. */
  private static final String LOOPBACK = "127.0.0.1";

  private static final String MASTER = "spark.master";
  private static final String LOCAL = "local";

  private SessionStart() {}

  /**
   * Names this machine for Spark where Spark cannot: its own name does not resolve, or it has no
   * network. Spark's configuration cannot even be made otherwise; local sessions need no name.
   */
  static void nameHost() {
    if (!hasName()) {
      Utils.setCustomHostname(LOOPBACK);
    }
  }

  /** What Spark looks for, in the same order. */
  private static boolean hasName() {
    try {
      return System.getenv("SPARK_LOCAL_IP") != null
          || (InetAddress.getLocalHost() != null
              && NetworkInterface.getNetworkInterfaces().hasMoreElements());
    } catch (UnknownHostException | SocketException e) {
      return false;
    }
  }

  /**
   * Starts a session.
   *
   * @throws AdeptException if the configuration or the machine does not allow it
   */
  static SparkSession of(SparkConf conf) {
    String master = conf.get(MASTER);
    requireHost(master);
    requireHadoopConf(conf, System.getenv());
    requireTemporaryFolders(
        Utils.getConfiguredLocalDirs(conf), System.getProperty("java.io.tmpdir"));
    try {
      return SparkSession.builder().config(conf).getOrCreate();
    } catch (Exception e) { // Spark, being Scala, throws checked exceptions undeclared.
      throw explained(e, master);
    }
  }

  private static void requireHost(String master) {
    if (!master.startsWith(LOCAL) && !hasName()) {
      throw new AdeptException(
          "The name of this machine does not resolve to an address, or it has no network, so a"
              + " cluster cannot reach it. Add it to /etc/hosts, or set SPARK_LOCAL_IP to the address of this machine.");
    }
  }

  /** Without it, Spark asks this machine for YARN, again and again. */
  static void requireHadoopConf(SparkConf conf, Map<String, String> environment) {
    if (conf.get(MASTER).equals("yarn")
        && conf.get("spark.submit.deployMode", "client").equals("client")
        && !environment.containsKey("HADOOP_CONF_DIR")
        && !environment.containsKey("YARN_CONF_DIR")) {
      throw new AdeptException(
          "The master yarn needs HADOOP_CONF_DIR or YARN_CONF_DIR: the folder with the cluster's"
              + " core-site.xml and yarn-site.xml. Set it, and SPARK_HOME to a Spark installation.");
    }
  }

  /**
   * Spark ends the JVM where it can write to none of its folders; libraries unpack themselves to
   * the JVM's.
   */
  static void requireTemporaryFolders(String[] sparks, String jvms) {
    if (Arrays.stream(sparks).noneMatch(SessionStart::isWritable)) {
      throw new AdeptException(
          "Spark cannot write temporary files to "
              + String.join(", ", sparks)
              + ". Allow writing there, or name another folder: SPARK_LOCAL_DIRS, or"
              + " --conf spark.local.dir=DIR.");
    }
    if (!isWritable(jvms)) {
      throw new AdeptException(
          "The JVM cannot write temporary files to "
              + jvms
              + ". Allow writing there, or name another folder: -Djava.io.tmpdir=DIR in"
              + " ADEPT_JAVA_OPTS, or in spark.driver.extraJavaOptions.");
    }
  }

  private static boolean isWritable(String folder) {
    try {
      Path made = Files.createDirectories(Path.of(folder));
      Files.delete(Files.createTempFile(made, "adept", null));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Why Spark did not start, where its user can correct it; else what was thrown. */
  static RuntimeException explained(Exception thrown, String master) {
    String cause = Messages.rootCause(thrown);
    if (cause.startsWith("Could not parse Master URL")
        || cause.startsWith("Asked to run locally")) {
      return new AdeptException(notAMaster(master), thrown);
    }
    if (cause.startsWith("Cannot call methods on a stopped SparkContext")) {
      return stopped(thrown, master);
    }
    if (Messages.find(thrown, BindException.class).isPresent()) {
      return new AdeptException(
          "Spark cannot listen on this machine. Check that its network interface is up (loopback"
              + " for a local master), and spark.driver.bindAddress and spark.driver.port: "
              + cause,
          thrown);
    }
    if (Messages.find(thrown, AdeptException.class).isEmpty()
        && Messages.find(thrown, ClassNotFoundException.class).isPresent()) {
      return new AdeptException(
          "Spark cannot start, since a class of its configuration (spark.plugins,"
              + " spark.extraListeners, …) is not on the class path: "
              + cause,
          thrown);
    }
    if (Messages.find(thrown, AdeptException.class).isEmpty()
        && Messages.find(thrown, IllegalArgumentException.class).isPresent()) {
      return new AdeptException("Spark cannot start with its configuration: " + cause, thrown);
    }
    return thrown instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(thrown);
  }

  private static String notAMaster(String master) {
    return master.equals("yarn") || master.startsWith("k8s://")
        ? "This Spark has no library for the master "
            + master
            + ". Set SPARK_HOME to a Spark installation that has it, or run the jar by its"
            + " spark-submit."
        : "There is no Spark master '"
            + master
            + "'. Use local[N] with N tasks at a time, local[*], spark://HOST:PORT, yarn or"
            + " k8s://https://HOST:PORT.";
  }

  /** A session that was stopped before it had started. A master may be back later. */
  private static RuntimeException stopped(Exception thrown, String master) {
    RuntimeException reason =
        master.startsWith(LOCAL)
            ? new AdeptException(
                "The master "
                    + master
                    + " could not start its executors; they need SPARK_HOME, a Spark"
                    + " installation.")
            : new IllegalStateException(
                "No Spark master answered at "
                    + master
                    + ", or it ended the application at once. Check the address, that the master"
                    + " runs, and its log.");
    reason.addSuppressed(thrown);
    return reason;
  }
}
