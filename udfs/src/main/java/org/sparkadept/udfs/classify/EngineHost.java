package org.sparkadept.udfs.classify;

import java.io.Serializable;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * Lends this loader's decoders to the other loaders of the JVM. What passes between them is of
 * types of the JDK, or serialized.
 */
public final class EngineHost implements Function<byte[], Map<String, Object>> {
  /** A {@code List<String>}. */
  static final String LABELS = "labels";

  /** An {@code Integer}. */
  static final String LAYERS = "layers";

  /**
   * A {@code BiFunction<byte[][], Boolean, byte[]>}: texts, and whether probabilities are wanted,
   * to serialized {@link org.sparkadept.decoder.result.Classifications}.
   */
  static final String CLASSIFY = "classify";

  /** A {@code Runnable}. */
  static final String CLOSE = "close";

  /** What a loader asks for. */
  record Request(ModelLocation model, DecoderOptions options) implements Serializable {
    private static final long serialVersionUID = 1L;
  }

  /**
   * Lends a decoder.
   *
   * @param request a serialized {@link Request}
   * @return the decoder's facts and functions, by name
   */
  @Override
  public Map<String, Object> apply(byte[] request) {
    Request asked = Serialized.read(request, Request.class);
    DecoderLease lease = SharedDecoders.acquire(asked.model(), asked.options());
    BiFunction<byte[][], Boolean, byte[]> classify =
        (texts, probabilities) -> Serialized.write(lease.classify(texts, probabilities));
    Runnable close = lease::close;
    return Map.of(LABELS, lease.labels(), LAYERS, lease.layers(), CLASSIFY, classify, CLOSE, close);
  }
}
