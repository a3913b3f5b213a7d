package org.sparkadept.pipeline.ml.fit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkadept.decoder.adept.FittedExits;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;

/**
 * The heads that the model directory has before the fit, and whether the fit keeps them.
 *
 * @param config shape of the model
 * @param ownHead whether the checkpoint has a head of its own
 * @param labels labels of the existing heads; empty without any
 * @param fittedLayers exit layers of an earlier fit; empty without one
 * @param heads the existing heads, by exit layer, without the checkpoint's own
 */
record HeadPlan(
    ModelConfig config,
    boolean ownHead,
    List<String> labels,
    List<Integer> fittedLayers,
    TreeMap<Integer, ModelDraft.Linear> heads) {

  /** Most exit layers where the user names none. */
  private static final int DEFAULT_EXITS = 12;

  /**
   * Reads the directory; where it was fitted before, its files are checked against their hashes.
   *
   * @throws org.sparkadept.decoder.error.CheckpointException if it cannot be used
   */
  static HeadPlan read(Path model) {
    try (ModelDirectory directory = ModelDirectory.open(model)) {
      ModelTensors tensors = directory.tensors();
      directory.checkpoint().requireTokenizer();
      boolean ownHead = tensors.classificationHead() != null;
      TreeMap<Integer, ModelDraft.Linear> heads = new TreeMap<>();
      List<Integer> fitted = new ArrayList<>();
      if (directory.adept().isPresent()) {
        SortedMap<Integer, ExitHead> found = new FittedExits(directory, tensors).heads();
        for (int layer : directory.adept().get().exitLayers()) {
          fitted.add(layer);
          if (layer < directory.config().layers() || !ownHead) {
            heads.put(layer, linear(found.get(layer - 1).weights()));
          }
        }
      }
      return new HeadPlan(directory.config(), ownHead, directory.labels(), fitted, heads);
    }
  }

  private static ModelDraft.Linear linear(LinearTensors head) {
    int rows = head.weight().rows();
    float[] weight = new float[rows * head.weight().cols()];
    head.weight().read(0, rows, weight, 0);
    return new ModelDraft.Linear(weight, head.bias() == null ? new float[rows] : head.bias());
  }

  /**
   * The exit layers of the fit: the requested ones and the last; else those of an earlier fit; else
   * up to {@value #DEFAULT_EXITS}, evenly spaced.
   *
   * @throws AdeptException if one is out of range or they do not ascend
   */
  int[] exitLayers(List<Integer> requested) {
    int layers = config.layers();
    List<Integer> chosen = new ArrayList<>(requested.isEmpty() ? fittedLayers : requested);
    int previous = 0;
    for (int layer : chosen) {
      if (layer < 1 || layer > layers || layer <= previous) {
        throw new AdeptException(
            "exitLayers (--exit-layers) must ascend and lie in 1 to "
                + layers
                + " for this model, but are "
                + requested);
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
   * The draft that the fit starts with: with all heads where they are kept, else without any.
   *
   * @param mode {@code auto}, {@code fit} or {@code keep}
   * @param columnLabels labels of the rows
   * @param order these and any other labels of new heads, in order
   * @throws AdeptException if the heads cannot be kept as required, or the checkpoint's own head
   *     lacks labels of the rows
   */
  ModelDraft draft(
      String mode, int[] exitLayers, Collection<String> columnLabels, List<String> order) {
    boolean keeps = keeps(mode, exitLayers, columnLabels);
    TreeMap<Integer, ModelDraft.Linear> kept = new TreeMap<>();
    for (int layer : exitLayers) {
      if (keeps && heads.containsKey(layer)) {
        kept.put(layer, heads.get(layer));
      }
    }
    return ModelDraft.of(
        keeps ? labels : labelsToFit(columnLabels, order),
        exitLayers,
        config.width(),
        ownHead,
        kept);
  }

  private boolean keeps(String mode, int[] exitLayers, Collection<String> columnLabels) {
    boolean complete = true;
    for (int layer : exitLayers) {
      complete &= heads.containsKey(layer) || (ownHead && layer == config.layers());
    }
    boolean covers = labels.containsAll(columnLabels);
    if (mode.equals("keep") && !(complete && covers)) {
      throw new AdeptException(
          complete
              ? "The heads cannot be kept: the label column has labels that they lack: "
                  + missing(columnLabels)
              : "The heads cannot be kept: the directory does not have one for every exit layer.");
    }
    return !mode.equals("fit") && complete && covers;
  }

  /** Labels of the heads to fit: those of the checkpoint's own head where there is one. */
  private List<String> labelsToFit(Collection<String> columnLabels, List<String> order) {
    if (!ownHead) {
      return order;
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
