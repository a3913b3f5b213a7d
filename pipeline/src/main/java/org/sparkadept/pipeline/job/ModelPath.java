package org.sparkadept.pipeline.job;

import org.sparkadept.decoder.AdeptException;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;

/** The model that a configuration names. */
public final class ModelPath {
  private ModelPath() {}

  /**
   * The model directory.
   *
   * @throws AdeptException if none is named
   */
  public static String required(AdeptConf conf) {
    return conf.modelPath()
        .orElseThrow(
            () ->
                new AdeptException(
                    "No model is named; say --model DIR or set "
                        + AdeptKey.MODEL_PATH.key()
                        + "."));
  }
}
