package org.sparkadept.decoder.model.family;

import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.safetensors.Checkpoint;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.tensor.Matrix;
import org.sparkadept.decoder.tensor.StoredMatrix;

/**
 * A model's weights under one set of names, whatever its family calls them. Vectors (norms, biases)
 * are in memory; matrices are read from the checkpoint when asked for. Thread-safe.
 */
public final class ModelTensors {
  private static final Logger LOG = LoggerFactory.getLogger(ModelTensors.class);
  private static final String SCORE = "score.weight";

  private final Matrix embedding;
  private final Matrix positions;
  private final List<LayerTensors> layers;
  private final NormTensors finalNorm;
  private final Matrix score;

  private ModelTensors(ModelConfig config, Checkpoint checkpoint, TensorLayout layout) {
    embedding = layout.embedding();
    positions = layout.positions();
    List<LayerTensors> found = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      found.add(layout.layer(i));
    }
    layers = List.copyOf(found);
    finalNorm = layout.finalNorm();
    score =
        checkpoint.has(SCORE)
            ? new StoredMatrix(
                layout.source().exactly(SCORE, config.labels().size(), config.width()))
            : null;
  }

  /**
   * Finds and checks every tensor that the model needs.
   *
   * @throws CheckpointException if one is absent, or of another shape than the configuration asks
   *     for, or of a type that cannot be read
   */
  public static ModelTensors of(ModelConfig config, Checkpoint checkpoint) {
    TensorLayout layout =
        config.modelType().equals("gpt2")
            ? new Gpt2Tensors(config, checkpoint)
            : new LlamaTensors(config, checkpoint);
    ModelTensors tensors = new ModelTensors(config, checkpoint, layout);
    reportIgnored(checkpoint, layout.source());
    return tensors;
  }

  /** Token embedding, [vocabulary, width]. */
  public Matrix embedding() {
    return embedding;
  }

  /** Position embedding, [maxPositions, width]; null unless positions are learned. */
  public Matrix positions() {
    return positions;
  }

  /**
   * One layer's weights.
   *
   * @param i layer, from 0
   */
  public LayerTensors layer(int i) {
    return layers.get(i);
  }

  /** The normalization after the last layer. */
  public NormTensors finalNorm() {
    return finalNorm;
  }

  /** Classification head, [labels, width]; null where the checkpoint has none. */
  public Matrix score() {
    return score;
  }

  /**
   * Tensors that nobody asked for are worth a warning: the configuration may be of another model.
   */
  private static void reportIgnored(Checkpoint checkpoint, TensorSource source) {
    List<String> ignored = new ArrayList<>();
    for (String name : checkpoint.names()) {
      if (!source.used().contains(name) && !isHarmless(name)) {
        ignored.add(name);
      }
    }
    if (!ignored.isEmpty()) {
      LOG.warn(
          "{}: {} tensors are not used, among them {}; check that config.json belongs to the"
              + " weights",
          checkpoint.directory(),
          ignored.size(),
          ignored.subList(0, Math.min(3, ignored.size())));
    }
  }

  /** The language-model head, and buffers that older releases saved: frequencies, causal masks. */
  private static boolean isHarmless(String name) {
    return name.equals("lm_head.weight")
        || name.endsWith(".rotary_emb.inv_freq")
        || name.endsWith(".attn.bias")
        || name.endsWith(".attn.masked_bias");
  }
}
