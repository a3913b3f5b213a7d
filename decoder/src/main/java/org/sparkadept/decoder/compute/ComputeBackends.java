package org.sparkadept.decoder.compute;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.AdeptException;

/** Chooses the compute backend. */
public final class ComputeBackends {
  private static final Logger LOG = LoggerFactory.getLogger(ComputeBackends.class);

  private ComputeBackends() {}

  /**
   * @param name a backend's name, or {@code auto} for the best one that can run here: {@code
   *     tornadovm} on a GPU, then {@code cpu}, then {@code reference}; each better one that is
   *     passed over is logged with the reason
   * @param options the device, for backends that have several
   * @return the backend
   * @throws AdeptException if the name is unknown, or the backend that was asked for by name cannot
   *     run here
   */
  public static ComputeBackend choose(String name, DeviceOptions options) {
    List<ComputeBackend> known = known(name);
    known.sort(Comparator.comparingInt(ComputeBackend::preference).reversed());
    for (ComputeBackend backend : known) {
      boolean asked = backend.name().equals(name);
      if (!asked && !name.equals("auto")) {
        continue;
      }
      Optional<String> reason = backend.unavailable(options);
      if (reason.isEmpty() && !asked) {
        reason = backend.inadvisable(options);
      }
      if (reason.isEmpty()) {
        return backend;
      }
      if (asked) {
        throw new AdeptException(
            "The compute backend '" + name + "' cannot run here: " + reason.get());
      }
      LOG.warn("Compute backend '{}' is passed over: {}", backend.name(), reason.get());
    }
    List<String> names = known.stream().map(ComputeBackend::name).toList();
    throw new AdeptException(
        "There is no compute backend '"
            + name
            + "'; known are auto and "
            + names
            + "."
            + remedy(name));
  }

  /** What the backends on the class path count, by name: {@link ComputeBackend#metrics}. */
  public static Map<String, LongSupplier> metrics() {
    Map<String, LongSupplier> metrics = new TreeMap<>();
    known("auto").forEach(backend -> metrics.putAll(backend.metrics()));
    return metrics;
  }

  /**
   * The backends on the class path.
   *
   * @param asked the name that is asked for, for the message
   * @throws AdeptException if a backend's classes cannot be loaded and it may be the one asked for
   */
  private static List<ComputeBackend> known(String asked) {
    List<ComputeBackend> known = new ArrayList<>();
    Iterator<ComputeBackend> found =
        ServiceLoader.load(ComputeBackend.class, ComputeBackend.class.getClassLoader()).iterator();
    boolean more = true;
    while (more) {
      try {
        more = found.hasNext();
        if (more) {
          known.add(found.next());
        }
      } catch (LinkageError | ServiceConfigurationError e) {
        String reason = "A compute backend on the class path cannot be loaded: " + e.getMessage();
        if (asked.equals("tornadovm")) {
          throw new AdeptException(reason + ". The backend tornadovm needs Java 25.", e);
        }
        LOG.warn("{}", reason);
      }
    }
    return known;
  }

  private static String remedy(String name) {
    return name.equals("tornadovm")
        ? " It is in adept-gpu-backend-VERSION.jar, which is not on the class path; docs/gpu.md"
            + " tells how to build it and where to put it."
        : "";
  }
}
