package org.sparkadept.udfs.sharing;

import java.util.List;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.result.Classifications;

/** One task's lease of a model of this class loader, which stays open until the lease is closed. */
public final class ModelLease implements AutoCloseable {
  private final LoadedModel model;
  private Runnable release;

  ModelLease(LoadedModel model, Runnable release) {
    this.model = model;
    this.release = release;
  }

  /** The shared model; the borrower must not close it. */
  public LoadedModel model() {
    return model;
  }

  /**
   * A classifier over the model, which ends the lease when it is closed, or at once if it cannot be
   * made.
   *
   * @throws org.sparkadept.decoder.error.AdeptException if an option is unusable with this model
   */
  LeasedClassifier leasedClassifier(ClassifierOptions options) {
    Classifier classifier;
    try {
      classifier = model.classifier(options);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
    return new LeasedClassifier() {
      @Override
      public List<String> labels() {
        return classifier.labels();
      }

      @Override
      public boolean multiLabel() {
        return model.rule().isMultiLabel();
      }

      @Override
      public int layers() {
        return classifier.layers();
      }

      @Override
      public Classifications classify(byte[][] utf8, boolean probabilities) {
        return classifier.classify(utf8, probabilities);
      }

      @Override
      public void close() {
        ModelLease.this.close();
      }
    };
  }

  @Override
  public synchronized void close() {
    if (release != null) {
      release.run();
      release = null;
    }
  }
}
