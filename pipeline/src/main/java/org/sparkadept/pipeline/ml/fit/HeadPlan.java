package org.sparkadept.pipeline.ml.fit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkadept.decoder.adept.ExitHeads;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.ModelTensors;

/**
 * What the model directory has before the fit, and which of it stays.
 *
 * @param config shape of the model
 * @param ownHead whether the checkpoint has a head of its own
 * @param labels labels of the heads that are there; empty without any
 * @param fittedLayers exit layers of an earlier fit; empty without one
 * @param heads the heads that are there, by exit layer, without the checkpoint's own
 */
record HeadPlan(
    ModelConfig config,
    boolean ownHead,
    List<String> labels,
    List<Integer> fittedLayers,
    TreeMap<Integer, FittedParts.Linear> heads) {

  /** Without a wish for exit layers there are at most so many. */
  private static final int DEFAULT_EXITS = 12;

  /**
   * Reads the directory; where it was fitted before, its files are checked against their hashes.
   *
   * @throws org.sparkadept.decoder.error.CheckpointException if it cannot be used
   */
  static HeadPlan read(Path model) {
    try (ModelDirectory directory = ModelDirectory.open(model)) {
      ModelTensors tensors = ModelTensors.of(directory.config(), directory.checkpoint());
      directory.tokenizerFile();
      boolean ownHead = tensors.score() != null;
      TreeMap<Integer, FittedParts.Linear> heads = new TreeMap<>();
      List<Integer> fitted = new ArrayList<>();
      if (directory.adept().isPresent()) {
        SortedMap<Integer, LinearTensors> found = ExitHeads.of(directory, tensors);
        for (int layer : directory.adept().get().exitLayers()) {
          fitted.add(layer);
          if (layer < directory.config().layers() || !ownHead) {
            heads.put(layer, linear(found.get(layer)));
          }
        }
      }
      List<String> labels =
          directory.adept().map(parts -> parts.labels()).orElse(directory.config().labels());
      return new HeadPlan(directory.config(), ownHead, labels, fitted, heads);
    }
  }

  private static FittedParts.Linear linear(LinearTensors head) {
    int rows = head.weight().rows();
    float[] weight = new float[rows * head.weight().cols()];
    head.weight().read(0, rows, weight, 0);
    return new FittedParts.Linear(weight, head.bias() == null ? new float[rows] : head.bias());
  }

  /**
   * The exit layers: those asked for and the last; else those of the fit before; else up to {@value
   * #DEFAULT_EXITS}, evenly spaced.
   *
   * @throws AdeptException if one is out of range or they do not ascend
   */
  int[] exitLayers(List<Integer> asked) {
    int layers = config.layers();
    List<Integer> chosen = new ArrayList<>(asked.isEmpty() ? fittedLayers : asked);
    int previous = 0;
    for (int layer : chosen) {
      if (layer < 1 || layer > layers || layer <= previous) {
        throw new AdeptException(
            "exitLayers must ascend and lie in 1 to "
                + layers
                + " for this model, but are "
                + asked);
      }
      previous = layer;
    }
    if (chosen.isEmpty()) {
      int exits = Math.min(DEFAULT_EXITS, layers);
      for (int i = 1; i <= exits; i++) {
        chosen.add((int) Math.round((double) i * layers / exits));
      }
    } else if (previous < layers) {
      chosen.add(layers);
    }
    return chosen.stream().mapToInt(layer -> layer).toArray();
  }

  /**
   * Whether the heads that are there stay.
   *
   * @throws AdeptException if they were to stay, but cannot
   */
  boolean keeps(String heads, int[] exitLayers, Collection<String> columnLabels) {
    boolean complete = true;
    for (int layer : exitLayers) {
      complete &= this.heads.containsKey(layer) || (ownHead && layer == config.layers());
    }
    boolean covers = labels.containsAll(columnLabels);
    if (heads.equals("keep") && !(complete && covers)) {
      throw new AdeptException(
          complete
              ? "The heads cannot be kept: the label column has labels that they lack: "
                  + missing(columnLabels)
              : "The heads cannot be kept: the directory does not have one for every exit layer.");
    }
    return !heads.equals("fit") && complete && covers;
  }

  /**
   * Labels of heads to be fitted: the checkpoint's own head, where there is one, has settled them.
   *
   * @throws AdeptException if the column has labels that the checkpoint's own head lacks
   */
  List<String> labelsToFit(Collection<String> columnLabels) {
    if (!ownHead) {
      return List.copyOf(columnLabels);
    }
    if (!config.labels().containsAll(columnLabels)) {
      throw new AdeptException(
          "The checkpoint's own classification head (score.weight) has the labels "
              + shortened(config.labels())
              + ", but the label column also has "
              + missing(columnLabels)
              + "; map the labels, or give a checkpoint without a head.");
    }
    return config.labels();
  }

  private String missing(Collection<String> columnLabels) {
    return shortened(columnLabels.stream().filter(label -> !labels.contains(label)).toList());
  }

  private static String shortened(List<String> names) {
    return names.size() <= 5
        ? names.toString()
        : names.subList(0, 5) + " and " + (names.size() - 5) + " more";
  }
}
