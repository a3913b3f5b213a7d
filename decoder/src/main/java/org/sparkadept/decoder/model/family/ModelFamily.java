package org.sparkadept.decoder.model.family;

import java.util.List;
import java.util.Set;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * A family of decoder-only models: what it calls its settings and its tensors. Found by {@link
 * java.util.ServiceLoader}.
 */
public interface ModelFamily {
  /** The values of {@code model_type} that it reads. */
  Set<String> modelTypes();

  /**
   * Reads a configuration.
   *
   * @param json {@code config.json}
   * @param labels labels of the classification head; empty without one
   * @throws org.sparkadept.decoder.error.CheckpointException if it is malformed, or asks for what
   *     is not supported
   */
  ModelConfig config(JsonObject json, List<String> labels);

  /** Where a checkpoint of the family has which weights. */
  TensorLayout tensors(ModelConfig config, Checkpoint checkpoint);
}
