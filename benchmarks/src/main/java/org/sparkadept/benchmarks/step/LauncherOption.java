package org.sparkadept.benchmarks.step;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that names the launcher. */
public final class LauncherOption {
  @Option(
      names = "--adept",
      defaultValue = "${sys:adept.home:-.}/bin/adept",
      description = "The launcher. Default: that of this source tree.")
  private Path adept;

  /** The launcher, an absolute path. */
  public Path program() {
    return adept.toAbsolutePath().normalize();
  }
}
