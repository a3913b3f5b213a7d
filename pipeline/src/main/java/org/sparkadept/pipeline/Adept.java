package org.sparkadept.pipeline;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.sparkadept.pipeline.cli.AdeptCommand;

/**
 * The program: {@code adept COMMAND …}. Runs under plain {@code java}, {@code bin/adept} and {@code
 * spark-submit}.
 */
public final class Adept {
  private Adept() {}

  /**
   * Runs a command and, where it failed, ends the JVM with its exit code. A run that ended well
   * just returns: cluster managers take an early exit of the driver for a failure.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    int exitCode =
        AdeptCommand.commandLine(utf8(FileDescriptor.out), utf8(FileDescriptor.err)).execute(args);
    if (exitCode != 0) {
      System.exit(exitCode);
    }
  }

  /** Labels and bars are UTF-8, whatever a container's locale says. */
  private static PrintWriter utf8(FileDescriptor descriptor) {
    return new PrintWriter(
        new OutputStreamWriter(new FileOutputStream(descriptor), StandardCharsets.UTF_8), true);
  }
}
