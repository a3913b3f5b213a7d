package org.sparkadept.decoder.tokenizer;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import ai.djl.util.Utils;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.AdeptException;

/**
 * A tokenizer that {@link org.sparkadept.decoder.tokenizer.check.TokenizerCheck} has doubts about
 * is first loaded and used by a process of its own, for two minutes at most. Whether it lived is
 * kept for this user of this machine. Where no process can be started, the check alone decides, and
 * the log says so.
 */
final class TokenizerTrial {
  private static final Logger LOG = LoggerFactory.getLogger(TokenizerTrial.class);
  private static final int DEADLINE_SECONDS = 120;

  /** Exit codes of SIGILL, SIGABRT, SIGBUS, SIGFPE and SIGSEGV: the process ended itself. */
  private static final Set<Integer> DEATHS = Set.of(132, 134, 135, 136, 139);

  private static final Set<String> JVM_VARIABLES =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

  /** Where the native library is found; see {@link NativeLibrary}. */
  private static final List<String> PROPERTIES =
      List.of(
          "DJL_CACHE_DIR",
          "ENGINE_CACHE_DIR",
          "RUST_FLAVOR",
          "RUST_LIBRARY_PATH",
          "java.io.tmpdir",
          "user.home");

  private TokenizerTrial() {}

  /**
   * Tries a tokenizer, unless it has been tried.
   *
   * @param file for messages
   * @param json what the library is going to be given
   * @param doubts what the check has doubts about
   * @throws AdeptException if the process did not survive, or was not done in time
   */
  static void require(Path file, String json, List<String> doubts) {
    TrialVerdicts verdicts = TrialVerdicts.open();
    String verdict = verdicts.of(json).orElse(null);
    if (verdict == null) {
      Integer exit = exit(file, json, doubts).orElse(null);
      if (exit == null) {
        return;
      }
      verdict = exit == 0 ? TrialVerdicts.GOOD : "died of it (exit code " + exit + ")";
      verdicts.keep(json, verdict);
    }
    if (!verdict.equals(TrialVerdicts.GOOD)) {
      throw refused(file, verdict, doubts);
    }
  }

  private static AdeptException refused(Path file, String verdict, List<String> doubts) {
    return new AdeptException(
        "The tokenizer "
            + file
            + " was tried in a process of its own, which "
            + verdict
            + ". The likely reason: "
            + doubts.get(0)
            + ". Copy the tokenizer.json of the model again; if it is the same where it comes from,"
            + " do not use it.");
  }

  /** How a trial ended, with 0 or a death; empty where there could be none. */
  private static Optional<Integer> exit(Path file, String json, List<String> doubts) {
    try {
      Path given = Files.createTempFile("tokenizer", ".json");
      try {
        Files.writeString(given, json);
        Optional<Integer> exit = run(given);
        if (exit.isEmpty()) {
          throw refused(file, "was not done after " + DEADLINE_SECONDS + " seconds", doubts);
        }
        int code = exit.get();
        return code == 0 || DEATHS.contains(code) ? exit : untried(file, "exit code " + code);
      } finally {
        Files.delete(given);
      }
    } catch (IOException e) {
      return untried(file, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AdeptException("Interrupted while the tokenizer " + file + " was tried.", e);
    }
  }

  private static Optional<Integer> untried(Path file, String reason) {
    LOG.warn(
        "The tokenizer {} could not be tried in a process of its own ({}); it is used, since its"
            + " content was checked",
        file,
        reason);
    return Optional.empty();
  }

  /** The exit code of the other process; empty where it was stopped. */
  private static Optional<Integer> run(Path given) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=/dev/null"));
    for (String name : PROPERTIES) {
      String value = System.getProperty(name);
      if (value != null) {
        command.add("-D" + name + "=" + value);
      }
    }
    command.addAll(List.of("-cp", classPath(), TrialProcess.class.getName(), given.toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().keySet().removeAll(JVM_VARIABLES);
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS);
      return ended ? Optional.of(process.exitValue()) : Optional.empty();
    } finally {
      process.destroyForcibly();
    }
  }

  /** The jars of what the other process runs, then all that this JVM was started with. */
  private static String classPath() {
    Set<String> entries = new LinkedHashSet<>();
    for (Class<?> type :
        List.of(TrialProcess.class, TokenizersLibrary.class, Utils.class, Logger.class)) {
      CodeSource source = type.getProtectionDomain().getCodeSource();
      if (source != null && source.getLocation().getProtocol().equals("file")) {
        try {
          entries.add(Path.of(source.getLocation().toURI()).toString());
        } catch (URISyntaxException e) {
          throw new IllegalStateException("A class has a location that is none.", e);
        }
      }
    }
    entries.add(System.getProperty("java.class.path"));
    return String.join(File.pathSeparator, entries);
  }
}
