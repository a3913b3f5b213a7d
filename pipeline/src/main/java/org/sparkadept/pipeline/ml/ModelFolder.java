package org.sparkadept.pipeline.ml;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.sparkadept.decoder.AdeptException;
import org.sparkadept.decoder.checkpoint.ModelDirectory;
import org.sparkadept.pipeline.output.ModelFiles;

/**
 * How a model is saved: MLlib's {@code metadata} and, beside it, the whole model directory as
 * {@code model}. The path is on a file system that every machine sees under the same path, since
 * models are opened from it.
 */
final class ModelFolder {
  private static final String MODEL = "model";

  private ModelFolder() {}

  /** The path as one of this machine's; MLlib may hand it over as a URI. */
  private static Path local(String path) {
    org.apache.hadoop.fs.Path named = new org.apache.hadoop.fs.Path(path);
    Configuration conf = new Configuration();
    try {
      org.apache.hadoop.fs.Path whole = FileSystem.get(named.toUri(), conf).makeQualified(named);
      if (!whole.toUri().getScheme().equals("file")) {
        throw new AdeptException(
            path + " is not on a file system that is mounted; models are opened from such.");
      }
      return Path.of(whole.toUri().getPath());
    } catch (IOException e) {
      throw new AdeptException(path + " cannot be used: " + e, e);
    }
  }

  /** Saves. */
  static final class Writer extends MLWriter {
    private final AdeptClassificationModel model;

    Writer(AdeptClassificationModel model) {
      this.model = model;
    }

    @Override
    public void saveImpl(String path) {
      DefaultParamsWriter$.MODULE$.saveMetadata(model, path, sparkSession());
      Path target = local(path).resolve(MODEL);
      try {
        ModelFiles.copy(Path.of(model.directory()), target);
      } catch (IOException e) {
        throw new UncheckedIOException("The model cannot be saved to " + target, e);
      }
    }
  }

  /** Loads. */
  static final class Reader extends MLReader<AdeptClassificationModel> {
    @Override
    public AdeptClassificationModel load(String path) {
      DefaultParamsReader.Metadata metadata =
          DefaultParamsReader$.MODULE$.loadMetadata(
              path, sparkSession(), AdeptClassificationModel.class.getName());
      Path directory = local(path).resolve(MODEL);
      List<String> labels;
      try (ModelDirectory opened = ModelDirectory.open(directory)) {
        labels =
            opened.adept().map(parts -> parts.labels()).orElseGet(() -> opened.config().labels());
      }
      AdeptClassificationModel model =
          new AdeptClassificationModel(metadata.uid(), directory, labels, null);
      metadata.getAndSetParams(model, scala.Option.empty());
      return model;
    }
  }
}
