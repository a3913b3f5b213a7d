package org.sparkadept.gpu.device;

import java.util.Optional;
import org.sparkadept.decoder.error.AdeptException;

/** Whether this JVM can use TornadoVM. */
public final class TornadoVm {
  private static final String REMEDY =
      " Start the JVM with the options that bin/adept-gpu-options prints; see docs/gpu.md.";

  private TornadoVm() {}

  /**
   * Why TornadoVM cannot be used in this JVM; empty if it can.
   *
   * @param device the device, as in {@link Device#find}
   */
  public static Optional<String> unavailable(String device) {
    if (ModuleLayer.boot().findModule("tornado.runtime").isEmpty()) {
      return Optional.of("TornadoVM is not among the modules of this JVM." + REMEDY);
    }
    String bailout = System.getProperty("tornado.recover.bailout", "True");
    if (!bailout.equalsIgnoreCase("false")) {
      return Optional.of(
          "-Dtornado.recover.bailout=False is not set, without which TornadoVM silently runs in"
              + " Java what it cannot compile."
              + REMEDY);
    }
    if (!Boolean.parseBoolean(System.getProperty("tornado.compiler.fullInlining"))) {
      return Optional.of(
          "-Dtornado.compiler.fullInlining=True is not set, without which TornadoVM cannot compile"
              + " kernels of this size."
              + REMEDY);
    }
    try {
      Device.find(device);
      return Optional.empty();
    } catch (AdeptException e) {
      return Optional.of(e.getMessage());
    } catch (RuntimeException | LinkageError e) {
      return Optional.of("TornadoVM does not start: " + e + "." + REMEDY);
    }
  }
}
