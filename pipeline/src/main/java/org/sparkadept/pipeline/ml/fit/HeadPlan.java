package org.sparkadept.pipeline.ml.fit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkadept.decoder.adept.AdeptFormat;
import org.sparkadept.decoder.adept.AdeptParts;
import org.sparkadept.decoder.adept.FittedExits;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.tensor.Matrix;

/**
 * The heads that the model directory has before the fit, and whether the fit keeps them.
 *
 * @param config shape of the model
 * @param checkpointLayers layers of the checkpoint that it was cut from
 * @param tunedSplit how the rows were split that it was tuned on; null where it was not
 * @param ownHead the checkpoint's own head; null without one
 * @param labels labels of the existing heads; empty without any
 * @param rule how the logits of the existing heads become an answer
 * @param fittedLayers exit layers of an earlier fit; empty without one
 * @param heads the existing heads, by exit layer, without the checkpoint's own
 * @param ensemble whether these make an exit ensemble
 */
record HeadPlan(
    ModelConfig config,
    int checkpointLayers,
    AdeptParts.TunedSplit tunedSplit,
    Linear ownHead,
    List<String> labels,
    LabelRule rule,
    List<Integer> fittedLayers,
    TreeMap<Integer, ModelDraft.Head> heads,
    boolean ensemble) {

  /** Most exit layers where the user names none. */
  static final int DEFAULT_EXITS = 12;

  /**
   * Reads the directory; where it was fitted before, its files are checked against their hashes.
   *
   * @throws org.sparkadept.decoder.error.CheckpointException if it cannot be used
   */
  static HeadPlan read(ModelSource model) {
    try (ModelDirectory directory = ModelDirectory.open(model)) {
      ModelTensors tensors = directory.tensors();
      directory.checkpoint().requireTokenizer();
      TreeMap<Integer, ModelDraft.Head> heads = new TreeMap<>();
      List<Integer> fitted = new ArrayList<>();
      int layers = directory.config().layers();
      AdeptParts.TunedSplit tunedSplit = null;
      boolean ensemble = false;
      if (directory.adept().isPresent()) {
        AdeptParts parts = directory.adept().get();
        layers = parts.checkpointLayers();
        tunedSplit = parts.tunedSplit();
        ensemble = parts.ensemble();
        SortedMap<Integer, ExitHead> found = new FittedExits(directory, tensors).heads();
        for (int layer : parts.exitLayers()) {
          fitted.add(layer);
          ExitHead head = found.get(layer - 1);
          if (parts.tensors().has(AdeptFormat.headWeight(layer))) {
            LinearTensors weights = head.weights();
            heads.put(
                layer, new ModelDraft.Head(head.input(), linear(weights.weight(), weights.bias())));
          }
        }
      }
      return new HeadPlan(
          directory.config(),
          layers,
          tunedSplit,
          ownHead(tensors.classificationHead()),
          directory.labels(),
          directory.rule(),
          fitted,
          heads,
          ensemble);
    }
  }

  private static Linear ownHead(LinearTensors head) {
    return head == null ? null : linear(head.weight(), head.bias());
  }

  private static Linear linear(Matrix weight, float[] bias) {
    int rows = weight.rows();
    float[] values = new float[rows * weight.cols()];
    weight.read(0, rows, values, 0);
    return new Linear(values, bias == null ? new float[rows] : bias);
  }

  /**
   * The draft that the fit starts with: with all heads where they are kept, else without any, and
   * with the exit layers that come into question. New heads make an exit ensemble, unless the
   * checkpoint's own head is kept, which answers alone.
   *
   * @param settings what was requested
   * @param columnLabels labels of the rows
   * @param multiLabel whether these may have several
   * @param order these and any other labels of new heads, in order
   * @throws AdeptException if the exit layers cannot be had, the heads cannot be kept as required,
   *     or the checkpoint's own head lacks labels of the rows or is of another kind
   */
  ModelDraft draft(
      FitSettings.HeadSettings settings,
      Collection<String> columnLabels,
      boolean multiLabel,
      List<String> order) {
    int last = last(settings);
    int[] exitLayers = exitLayers(settings.exitLayers(), last);
    boolean complete = true;
    TreeMap<Integer, ModelDraft.Head> kept = new TreeMap<>();
    for (int layer : exitLayers) {
      if (heads.containsKey(layer)) {
        kept.put(layer, heads.get(layer));
      } else {
        complete &= ownHead != null && layer == config.layers();
      }
    }
    boolean sameKind = rule.isMultiLabel() == multiLabel;
    boolean covers = sameKind && labels.containsAll(columnLabels);
    if (settings.mustKeep() && !(complete && covers)) {
      throw new AdeptException("The heads cannot be kept: " + reason(complete, columnLabels));
    }
    if (!settings.fitsAnew() && complete && covers) {
      return ModelDraft.of(
          labels,
          rule,
          exitLayers,
          backbone(!kept.containsKey(last)),
          kept,
          ensemble && kept.containsKey(last));
    }
    boolean keepsOwn = ownHead != null && !settings.fitsAnew() && last == config.layers();
    List<String> names = keepsOwn ? ownLabels(columnLabels, sameKind) : order;
    return ModelDraft.of(
        names,
        multiLabel ? LabelRule.multiLabel(names.size()) : LabelRule.SINGLE_LABEL,
        exitLayers,
        backbone(keepsOwn),
        new TreeMap<>(),
        !keepsOwn);
  }

  /** Labels of the existing heads that a draft replaces by heads of others; else empty. */
  List<String> replacedBy(ModelDraft draft) {
    return Set.copyOf(labels).equals(Set.copyOf(draft.labels())) ? List.of() : labels;
  }

  private ModelDraft.Backbone backbone(boolean keepsOwn) {
    return new ModelDraft.Backbone(
        config.width(), checkpointLayers, keepsOwn ? ownHead : null, tunedSplit, null);
  }

  /** The last exit layer that comes into question: the deepest, where there is a choice. */
  private int last(FitSettings.HeadSettings settings) {
    int layer = settings.depth().layer();
    if (layer > config.layers()) {
      throw new AdeptException(
          "depth (--depth) is " + layer + ", but the model has " + config.layers() + " layers.");
    }
    if (layer > 0) {
      return layer;
    }
    boolean asFitted =
        settings.depth().auto()
            && !settings.fitsAnew()
            && settings.exitLayers().isEmpty()
            && !fittedLayers.isEmpty();
    return asFitted ? fittedLayers.get(fittedLayers.size() - 1) : config.layers();
  }

  /**
   * The exit layers of the fit: the requested ones and the last; else those of an earlier fit; else
   * up to {@value #DEFAULT_EXITS}, evenly spaced.
   *
   * @throws AdeptException if one is out of range or they do not ascend
   */
  private int[] exitLayers(List<Integer> requested, int last) {
    List<Integer> chosen = new ArrayList<>(requested);
    int previous = 0;
    for (int layer : chosen) {
      if (layer < 1 || layer > last || layer <= previous) {
        throw new AdeptException(
            "exitLayers (--exit-layers) must ascend and lie in 1 to "
                + last
                + " for this model, but are "
                + requested);
      }
      previous = layer;
    }
    if (chosen.isEmpty()) {
      fittedLayers.stream().filter(layer -> layer <= last).forEach(chosen::add);
    }
    if (chosen.isEmpty()) {
      int exits = Math.min(DEFAULT_EXITS, last);
      for (int i = 1; i <= exits; i++) {
        chosen.add((int) Math.round((double) i * last / exits));
      }
    }
    if (chosen.get(chosen.size() - 1) < last) {
      chosen.add(last);
    }
    return chosen.stream().mapToInt(layer -> layer).toArray();
  }

  private String reason(boolean complete, Collection<String> columnLabels) {
    if (!complete) {
      return "the directory does not have one for every exit layer.";
    }
    return labels.containsAll(columnLabels)
        ? "they are " + kind() + "."
        : "the label column has labels that they lack: "
            + missing(columnLabels)
            + "; fit new ones with heads (--heads) fit.";
  }

  /** The kind of the existing heads, and the column that they need. */
  private String kind() {
    return rule.isMultiLabel()
        ? "multi-label, and the label column is not ARRAY<STRING>"
        : "single-label, and the label column is ARRAY<STRING>";
  }

  /** Labels of the checkpoint's own head, which is kept. */
  private List<String> ownLabels(Collection<String> columnLabels, boolean sameKind) {
    if (!sameKind) {
      throw new AdeptException(
          "The checkpoint's own classification head (score.weight) is "
              + kind()
              + "; give a column of its kind, or fit all heads anew with heads (--heads) fit.");
    }
    if (!config.labels().containsAll(columnLabels)) {
      throw new AdeptException(
          "The checkpoint's own classification head has the labels "
              + shortened(config.labels())
              + ", but the label column also has "
              + missing(columnLabels)
              + "; map the labels, or fit all heads anew with heads (--heads) fit.");
    }
    return config.labels();
  }

  private String missing(Collection<String> columnLabels) {
    return shortened(columnLabels.stream().filter(label -> !labels.contains(label)).toList());
  }

  static String shortened(List<String> names) {
    return names.size() <= 5
        ? names.toString()
        : names.subList(0, 5) + " and " + (names.size() - 5) + " more";
  }
}
