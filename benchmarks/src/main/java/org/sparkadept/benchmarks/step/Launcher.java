package org.sparkadept.benchmarks.step;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.error.AdeptException;

/**
 * Runs commands of {@code bin/adept}, as a user does.
 *
 * @param program the launcher
 * @param logs folder for what the commands print
 */
public record Launcher(Path program, Path logs) {
  /**
   * @throws AdeptException if the launcher cannot be run
   */
  public Launcher {
    if (!Files.isExecutable(program)) {
      throw new AdeptException(
          program + " cannot be run; name the launcher bin/adept of the source tree by --adept.");
    }
  }

  /** The command line of a command, for messages and reports. */
  public List<String> commandLine(List<String> args) {
    List<String> words = new ArrayList<>(List.of(program.toString()));
    words.addAll(args);
    return words;
  }

  /**
   * Runs a command to its end. It ends with this JVM, too.
   *
   * @param name of its log
   * @param args command and options
   * @return the seconds that it took, the start of its JVM among them
   * @throws AdeptException if it fails
   */
  public double run(String name, List<String> args) throws IOException, InterruptedException {
    Files.createDirectories(logs);
    Path log = logs.resolve(name + ".log");
    ProcessBuilder builder =
        new ProcessBuilder(commandLine(args))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    // What this benchmark was built from, even if a source is edited meanwhile.
    builder.environment().put("ADEPT_SKIP_BUILD", "1");
    long start = System.nanoTime();
    Process process = builder.start();
    Thread ending = new Thread(process::destroy);
    Runtime.getRuntime().addShutdownHook(ending);
    int code;
    try {
      code = process.waitFor();
    } finally {
      process.destroy();
      Runtime.getRuntime().removeShutdownHook(ending);
    }
    if (code != 0) {
      throw new AdeptException(
          String.format(
              "'%s %s' failed with exit code %d: %s (all that it printed is in %s)",
              program.getFileName(), args.get(0), code, lastLine(log), log));
    }
    return (System.nanoTime() - start) / 1e9;
  }

  private static String lastLine(Path log) throws IOException {
    String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    return lines.isEmpty() ? "it printed nothing" : lines.get(lines.size() - 1);
  }
}
