package org.sparkadept.training.torch;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.sparkadept.decoder.error.AdeptException;

/** Starts PyTorch from the jars of the class path. Nothing is downloaded and no use is reported. */
public final class PyTorch {
  private static final String JNI = "jnilib/pytorch.properties";
  private static final String NATIVE = "native/lib/pytorch.properties";

  private static final String WAIT_POLICY = "OMP_WAIT_POLICY";

  private PyTorch() {}

  /**
   * The engine. DJL unpacks the native libraries once, to the folder {@code .djl.ai} of the user's
   * home or to that of the environment variable {@code DJL_CACHE_DIR}.
   *
   * @param threads threads of one operation; the first call in a process decides
   * @throws AdeptException if the native libraries are not on the class path or cannot be loaded
   */
  public static Engine start(int threads) {
    requireLibraries();
    waitPassively();
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("ai.djl.pytorch.num_threads", String.valueOf(threads));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    // Programs are interpreted as they stand; the optimizer would compile each new batch shape.
    System.setProperty("ai.djl.pytorch.graph_optimizer", "false");
    try {
      return Engine.getEngine("PyTorch");
    } catch (EngineException | UnsatisfiedLinkError e) {
      throw new AdeptException(
          "PyTorch cannot be loaded (" + e.getMessage() + "). " + missing(), e);
    }
  }

  /**
   * Looks for the native libraries; loads nothing yet.
   *
   * @throws AdeptException if they are not on the class path
   */
  public static void requireLibraries() {
    ClassLoader loader = Engine.class.getClassLoader();
    if (loader.getResource(JNI) == null || loader.getResource(NATIVE) == null) {
      throw new AdeptException(missing());
    }
  }

  /**
   * Lets PyTorch's threads sleep while they wait for each other. By default they spin, and where
   * other programs use the same cores each spins away the time that another needs: ten times
   * slower. OpenMP reads the variable when it is loaded.
   */
  private static void waitPassively() {
    if (System.getenv(WAIT_POLICY) == null && !Platform.isWindows()) {
      NativeLibrary.getProcess()
          .getFunction("setenv")
          .invokeInt(new Object[] {WAIT_POLICY, "passive", 0});
    }
  }

  private static String missing() {
    Properties versions = new Properties();
    try (InputStream in = PyTorch.class.getResourceAsStream("versions.properties")) {
      versions.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return String.format(
        "Training needs the native libraries of PyTorch on the class path: the Maven artifacts"
            + " ai.djl.pytorch:pytorch-jni:%s and ai.djl.pytorch:pytorch-native-cpu:%s with the"
            + " classifier of this platform (linux-x86_64, linux-aarch64 or osx-aarch64).",
        versions.getProperty("jni"), versions.getProperty("native"));
  }
}
