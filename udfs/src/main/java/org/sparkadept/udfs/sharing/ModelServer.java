package org.sparkadept.udfs.sharing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.model.ModelLocation;

/** Serves the models of this class loader to the other class loaders of the JVM. */
public final class ModelServer implements Function<byte[], Map<String, Object>> {
  /** A {@code List<String>}. */
  static final String LABELS = "labels";

  /** A {@code Boolean}. */
  static final String MULTI_LABEL = "multiLabel";

  /** An {@code Integer}. */
  static final String LAYERS = "layers";

  /**
   * A {@code BiFunction<byte[][], Boolean, byte[]>}: texts, and whether to return probabilities, to
   * serialized {@link org.sparkadept.decoder.result.Classifications}.
   */
  static final String CLASSIFY = "classify";

  /** A {@code Runnable}. */
  static final String CLOSE = "close";

  /** What a client sends, serialized. */
  record Request(ModelLocation model, ComputeOptions compute, ClassifierOptions options)
      implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Borrows a model for a client.
   *
   * @param request a serialized {@link Request}
   * @return the model's facts and functions, by name
   */
  @Override
  public Map<String, Object> apply(byte[] request) {
    Request requested = deserialize(request, Request.class);
    LeasedClassifier lease =
        LocalModels.borrow(requested.model(), requested.compute())
            .leasedClassifier(requested.options());
    BiFunction<byte[][], Boolean, byte[]> classify =
        (texts, probabilities) -> serialize(lease.classify(texts, probabilities));
    Runnable close = lease::close;
    return Map.of(
        LABELS,
        lease.labels(),
        MULTI_LABEL,
        lease.multiLabel(),
        LAYERS,
        lease.layers(),
        CLASSIFY,
        classify,
        CLOSE,
        close);
  }

  static byte[] serialize(Object object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Reads an object with the classes of this class loader. */
  static <T> T deserialize(byte[] bytes, Class<T> type) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return type.cast(in.readObject());
    } catch (IOException | ClassNotFoundException e) {
      throw new AdeptException(
          String.format(
              "Two class loaders of this JVM have different versions of spark-adept,"
                  + " which cannot share a model: %s. Give all sessions the same jar.",
              e),
          e);
    }
  }
}
