package org.sparkadept.udfs.classify;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.udfs.model.ModelLocation;

/** A decoder that another class loader of this JVM has loaded. */
final class GuestClassifier implements TextClassifier {
  private final List<String> labels;
  private final int layers;
  private final BiFunction<byte[][], Boolean, byte[]> classify;
  private final Runnable close;

  @SuppressWarnings("unchecked")
  private GuestClassifier(Map<String, Object> lent) {
    labels = (List<String>) lent.get(EngineHost.LABELS);
    layers = (Integer) lent.get(EngineHost.LAYERS);
    classify = (BiFunction<byte[][], Boolean, byte[]>) lent.get(EngineHost.CLASSIFY);
    close = (Runnable) lent.get(EngineHost.CLOSE);
  }

  static TextClassifier open(
      Function<byte[], Map<String, Object>> host, ModelLocation model, DecoderOptions options) {
    byte[] request = Serialized.write(new EngineHost.Request(model, options));
    return new GuestClassifier(call(() -> host.apply(request)));
  }

  @Override
  public List<String> labels() {
    return labels;
  }

  @Override
  public int layers() {
    return layers;
  }

  @Override
  public Classifications classify(byte[][] utf8, boolean probabilities) {
    byte[] answers = call(() -> classify.apply(utf8, probabilities));
    return Serialized.read(answers, Classifications.class);
  }

  @Override
  public void close() {
    close.run();
  }

  /** The other loader's exceptions are none that this one's code would know. */
  private static <T> T call(Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      if (e.getClass().getName().equals(AdeptException.class.getName())) {
        throw new AdeptException(e.getMessage(), e);
      }
      throw e;
    }
  }
}
