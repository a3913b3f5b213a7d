package org.sparkadept.benchmarks.step;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** What programs say of a source tree and of the machine. */
public final class SourceTree {
  private static final String UNKNOWN = "unknown";

  private SourceTree() {}

  /** The commit of a folder's Git tree, with {@code -dirty} where files differ from it. */
  public static String commit(Path folder) {
    String git = folder.toAbsolutePath().toString();
    String commit = outputOf(List.of("git", "-C", git, "rev-parse", "HEAD"));
    String changes = outputOf(List.of("git", "-C", git, "status", "--porcelain"));
    return commit.isEmpty() ? UNKNOWN : commit + (changes.isEmpty() ? "" : "-dirty");
  }

  /** What a program prints, without blanks around it; nothing where it cannot be run or fails. */
  public static String outputOf(List<String> command) {
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      byte[] output = process.getInputStream().readAllBytes();
      return process.waitFor() == 0 ? new String(output, StandardCharsets.UTF_8).strip() : "";
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }
}
