package org.sparkadept.gpu;

import java.io.PrintStream;
import org.sparkadept.decoder.compute.ComputeBackends;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;

/** Prints the backend that is chosen for a name, or the error. */
public final class BackendProbe {
  private BackendProbe() {}

  /**
   * @param arguments a backend's name
   */
  public static void main(String[] arguments) {
    PrintStream out = System.out;
    try {
      ComputeOptions options = ComputeOptions.defaults().withBackend(arguments[0]);
      out.println(ComputeBackends.choose(options).name());
    } catch (AdeptException e) {
      out.println(e.getMessage());
    }
  }
}
