package org.sparkadept.pipeline.job;

import java.nio.file.Path;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.model.ModelLocation;

/** The model that a configuration names. */
public final class ModelPath {
  private ModelPath() {}

  /**
   * Where the model lies, and its adapter; what is remote is fetched to this machine.
   *
   * @throws AdeptException if none is named, or it cannot be fetched
   */
  public static ModelLocation location(AdeptConf conf) {
    return ModelLocation.of(required(conf), conf.adapterPath(), conf);
  }

  /**
   * The model directory, to be written to.
   *
   * @throws AdeptException if none is named, or it is not on a file system that is mounted
   */
  public static Path writable(AdeptConf conf) {
    String model = required(conf);
    if (ModelLocation.isRemote(model)) {
      throw new AdeptException(
          model
              + " cannot be changed in place, because it is not on a mounted file system."
              + " Write a new directory with --output, and copy it.");
    }
    return location(conf).path();
  }

  /**
   * The model, as its user wrote it.
   *
   * @throws AdeptException if none is named
   */
  public static String required(AdeptConf conf) {
    return conf.modelPath()
        .orElseThrow(
            () ->
                new AdeptException(
                    "No model given; use --model DIR or set " + AdeptKey.MODEL_PATH.key() + "."));
  }
}
