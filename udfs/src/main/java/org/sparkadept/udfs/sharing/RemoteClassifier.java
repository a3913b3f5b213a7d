package org.sparkadept.udfs.sharing;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.udfs.model.ModelLocation;

/** Proxy of a model that another class loader of this JVM has loaded. */
final class RemoteClassifier implements LeasedClassifier {
  private final List<String> labels;
  private final boolean multiLabel;
  private final int layers;
  private final BiFunction<byte[][], Boolean, byte[]> classify;
  private final Runnable close;

  @SuppressWarnings("unchecked")
  private RemoteClassifier(Map<String, Object> lease) {
    labels = (List<String>) lease.get(ModelServer.LABELS);
    multiLabel = (Boolean) lease.get(ModelServer.MULTI_LABEL);
    layers = (Integer) lease.get(ModelServer.LAYERS);
    classify = (BiFunction<byte[][], Boolean, byte[]>) lease.get(ModelServer.CLASSIFY);
    close = (Runnable) lease.get(ModelServer.CLOSE);
  }

  /**
   * @param server the {@link ModelServer} of the other class loader
   */
  static LeasedClassifier borrow(
      Function<byte[], Map<String, Object>> server,
      ModelLocation model,
      ComputeOptions compute,
      ClassifierOptions options) {
    byte[] request = ModelServer.serialize(new ModelServer.Request(model, compute, options));
    return new RemoteClassifier(call(() -> server.apply(request)));
  }

  @Override
  public List<String> labels() {
    return labels;
  }

  @Override
  public boolean multiLabel() {
    return multiLabel;
  }

  @Override
  public int layers() {
    return layers;
  }

  @Override
  public Classifications classify(byte[][] utf8, boolean probabilities) {
    byte[] answers = call(() -> classify.apply(utf8, probabilities));
    return ModelServer.deserialize(answers, Classifications.class);
  }

  @Override
  public void close() {
    close.run();
  }

  /** Exceptions of the other class loader are of classes that callers here cannot catch. */
  private static <T> T call(Supplier<T> work) {
    try {
      return work.get();
    } catch (RuntimeException e) {
      for (Class<?> type = e.getClass(); type != null; type = type.getSuperclass()) {
        if (type.getName().equals(AdeptException.class.getName())) {
          throw new AdeptException(e.getMessage(), e);
        }
      }
      throw e;
    }
  }
}
