package org.sparkadept.gpu;

import java.io.PrintStream;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.compute.ComputeBackends;
import org.sparkadept.decoder.compute.DeviceOptions;

/** A program that says which backend is chosen for a name, or why none is. */
public final class BackendProbe {
  private BackendProbe() {}

  /**
   * @param arguments a backend's name
   */
  public static void main(String[] arguments) {
    PrintStream out = System.out;
    try {
      out.println(ComputeBackends.choose(arguments[0], DeviceOptions.defaults()).name());
    } catch (AdeptException e) {
      out.println(e.getMessage());
    }
  }
}
