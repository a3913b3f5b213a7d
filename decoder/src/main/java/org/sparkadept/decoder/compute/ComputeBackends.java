package org.sparkadept.decoder.compute;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.model.BlockFeature;
import org.sparkadept.decoder.model.ModelConfig;

/** Chooses the compute backend. */
public final class ComputeBackends {
  private static final Logger LOG = LoggerFactory.getLogger(ComputeBackends.class);

  /** Stands for the best backend that can run. */
  public static final String AUTO = "auto";

  /** The backend on GPUs. */
  public static final String TORNADOVM = "tornadovm";

  private ComputeBackends() {}

  /**
   * The backend for a model that is like Llama or GPT-2; see {@link #choose(ComputeOptions, Set)}.
   */
  public static ComputeBackend choose(ComputeOptions options) {
    return choose(options, Set.of());
  }

  /**
   * @param options name of a backend, or {@code auto} for the best one that can run here: {@code
   *     tornadovm} on a GPU, then {@code cpu}, then {@code reference}; each better one that is
   *     skipped is logged with the reason
   * @param features what the model has, {@link ModelConfig#features}
   * @return the backend
   * @throws AdeptException if the name is unknown, or the backend that was requested by name cannot
   *     run here, not in the precision that was requested, or not this model
   */
  public static ComputeBackend choose(ComputeOptions options, Set<BlockFeature> features) {
    String name = options.backend();
    List<ComputeBackend> known = known(name);
    known.sort(Comparator.comparingInt(ComputeBackend::preference).reversed());
    for (ComputeBackend backend : known) {
      boolean named = backend.name().equals(name);
      if (!named && !name.equals(AUTO)) {
        continue;
      }
      Optional<String> reason = lacking(backend, features).or(() -> backend.unavailable(options));
      boolean precise = backend.supports(options.precision());
      if (reason.isEmpty() && !named) {
        reason = backend.inadvisable(options);
      }
      if (reason.isEmpty() && named && !precise) {
        reason = Optional.of("it does not compute in precision " + options.precision() + ".");
      }
      if (reason.isEmpty()) {
        if (!precise) {
          String requested = options.precision().toString();
          LOG.warn("Compute backend '{}' has no {}; it computes in F32", backend.name(), requested);
        }
        return backend;
      }
      if (named) {
        throw new AdeptException(
            "The compute backend '" + name + "' cannot run here: " + reason.get());
      }
      LOG.warn("Compute backend '{}' is skipped: {}", backend.name(), reason.get());
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

  /** What a model has that a backend does not compute. */
  static Optional<String> lacking(ComputeBackend backend, Set<BlockFeature> features) {
    String lacking =
        features.stream()
            .filter(feature -> !backend.features().contains(feature))
            .map(BlockFeature::toString)
            .collect(Collectors.joining(", "));
    return lacking.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "the model has " + lacking + ", which it does not compute; use the backend cpu.");
  }

  /** What a configuration may name: {@code auto}, {@code tornadovm}, and what is found here. */
  public static List<String> names() {
    SortedSet<String> names = new TreeSet<>(List.of(AUTO, TORNADOVM));
    found(e -> {}).forEach(backend -> names.add(backend.name()));
    return List.copyOf(names);
  }

  /** What the backends on the class path count, by name: {@link ComputeBackend#metrics}. */
  public static Map<String, LongSupplier> metrics() {
    Map<String, LongSupplier> metrics = new TreeMap<>();
    known(AUTO).forEach(backend -> metrics.putAll(backend.metrics()));
    return metrics;
  }

  /**
   * The backends on the class path.
   *
   * @param wanted the name of the backend that is wanted, for the message
   * @throws AdeptException if a backend's classes cannot be loaded and it may be the one that is
   *     wanted
   */
  private static List<ComputeBackend> known(String wanted) {
    return found(
        e -> {
          String reason = "A compute backend on the class path cannot be loaded: " + e.getMessage();
          if (wanted.equals(TORNADOVM)) {
            throw new AdeptException(reason + ". The backend tornadovm needs Java 25.", e);
          }
          LOG.warn("{}", reason);
        });
  }

  /**
   * @param failed receives the error of each backend whose classes cannot be loaded
   */
  private static List<ComputeBackend> found(Consumer<Error> failed) {
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
        failed.accept(e);
      }
    }
    return known;
  }

  private static String remedy(String name) {
    return name.equals(TORNADOVM)
        ? " It is in adept-gpu-backend-VERSION.jar, which is not on the class path; docs/gpu.md"
            + " tells how to build it and where to put it."
        : "";
  }
}
