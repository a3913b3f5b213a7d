package org.sparkadept.pipeline.ml;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.DefaultParamsWriter$;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.model.ModelLocation;

/**
 * Saves and loads a model: MLlib's {@code metadata} and, beside it, the whole model directory as
 * {@code model}. Loads model directories without metadata, too. On a mounted file system the
 * directory is used where it is; from any other it is fetched once per host.
 */
final class ModelFolder {
  private static final String METADATA = "metadata";
  private static final String MODEL = "model";

  private ModelFolder() {}

  /** The model beside the metadata; MLlib may name a path as a URI, or the other way round. */
  private static org.apache.hadoop.fs.Path beside(String path, SparkSession spark) {
    return qualified(new org.apache.hadoop.fs.Path(path, MODEL), spark);
  }

  private static org.apache.hadoop.fs.Path qualified(
      org.apache.hadoop.fs.Path path, SparkSession spark) {
    try {
      return fileSystem(path, spark).makeQualified(path);
    } catch (IOException e) {
      throw unusable(path, e);
    }
  }

  private static boolean isSaved(String path, SparkSession spark) {
    org.apache.hadoop.fs.Path metadata = new org.apache.hadoop.fs.Path(path, METADATA);
    try {
      return fileSystem(metadata, spark).exists(metadata);
    } catch (IOException e) {
      throw unusable(metadata, e);
    }
  }

  private static AdeptException unusable(org.apache.hadoop.fs.Path path, IOException e) {
    return new AdeptException(path + " cannot be used: " + e, e);
  }

  private static FileSystem fileSystem(org.apache.hadoop.fs.Path path, SparkSession spark)
      throws IOException {
    return path.getFileSystem(
        ((org.apache.spark.sql.classic.SparkSession) spark).sessionState().newHadoopConf());
  }

  /** The location of a model at a qualified path: a path where it is mounted, else a URI. */
  private static String location(org.apache.hadoop.fs.Path model) {
    return ModelLocation.isRemote(model.toString()) ? model.toString() : model.toUri().getPath();
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
      org.apache.hadoop.fs.Path target = beside(path, sparkSession());
      Path files = ModelLocation.of(model.directory()).fetched();
      try {
        if (ModelLocation.isRemote(target.toString())) {
          org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(files.toUri());
          fileSystem(target, sparkSession()).copyFromLocalFile(source, target);
        } else {
          copy(files, Path.of(target.toUri().getPath()));
        }
      } catch (IOException e) {
        throw new AdeptException("The model cannot be saved to " + target + ": " + e, e);
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.createDirectories(to);
    List<Path> files;
    try (Stream<Path> entries = Files.list(from)) {
      files = entries.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Files.copy(file, to.resolve(file.getFileName()));
    }
  }

  /** Loads. */
  static final class Reader extends MLReader<AdeptClassificationModel> {
    @Override
    public AdeptClassificationModel load(String path) {
      return isSaved(path, sparkSession()) ? saved(path) : directory(path);
    }

    private AdeptClassificationModel saved(String path) {
      DefaultParamsReader.Metadata metadata =
          DefaultParamsReader$.MODULE$.loadMetadata(
              path, sparkSession(), AdeptClassificationModel.class.getName());
      String location = location(beside(path, sparkSession()));
      AdeptClassificationModel model = opened(metadata.uid(), location);
      metadata.getAndSetParams(model, scala.Option.empty());
      return model;
    }

    private static AdeptClassificationModel directory(String path) {
      AdeptClassificationModel model = opened(Identifiable$.MODULE$.randomUID("adept"), path);
      if (model.labels().isEmpty()) {
        throw new AdeptException(
            path
                + " is a checkpoint without a classification head and exit heads; it cannot"
                + " classify before AdeptClassifier or 'adept fit' has fitted it.");
      }
      return model;
    }

    private static AdeptClassificationModel opened(String uid, String location) {
      try (ModelDirectory opened = ModelDirectory.open(ModelLocation.of(location).path())) {
        return new AdeptClassificationModel(
            uid, location, opened.labels(), opened.rule().isMultiLabel(), null);
      }
    }
  }
}
