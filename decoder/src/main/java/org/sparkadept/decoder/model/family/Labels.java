package org.sparkadept.decoder.model.family;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.JsonObject;

/** Label names in {@code config.json}: {@code "id2label": {"0": "spam", "1": "ham"}}. */
public final class Labels {
  private static final String ID_TO_LABEL = "id2label";
  private static final String COUNT = "num_labels";
  private static final String PROBLEM = "problem_type";

  private static final String SINGLE_LABEL = "single_label_classification";
  private static final String MULTI_LABEL = "multi_label_classification";

  /** Transformers leaves id2label out of the file where it is this. */
  private static final int DEFAULT_COUNT = 2;

  private Labels() {}

  /** The names in {@code id2label}, by id; empty when there are none. */
  static List<String> asWritten(JsonObject json) {
    if (!json.has(ID_TO_LABEL)) {
      return List.of();
    }
    Map<String, String> byId = json.textMap(ID_TO_LABEL);
    List<String> labels = new ArrayList<>();
    for (int id = 0; id < byId.size(); id++) {
      String label = byId.get(Integer.toString(id));
      if (label == null) {
        throw json.wrong(
            ID_TO_LABEL,
            String.format(
                "must have the keys \"0\" to \"%d\", one for each of its %d labels, but \"%d\" is"
                    + " missing",
                byId.size() - 1, byId.size(), id));
      }
      labels.add(label);
    }
    return List.copyOf(labels);
  }

  /** The names of a classification head's labels, which must be there and distinct. */
  static List<String> ofHead(JsonObject json) {
    if (json.has(PROBLEM) && !List.of(MULTI_LABEL, SINGLE_LABEL).contains(json.text(PROBLEM))) {
      throw json.unsupported(PROBLEM, json.text(PROBLEM), MULTI_LABEL, SINGLE_LABEL);
    }
    List<String> labels = asWritten(json);
    if (labels.isEmpty()) {
      labels = numbered(json.positive(COUNT, Limits.LABELS, DEFAULT_COUNT));
    }
    if (json.positive(COUNT, Limits.LABELS, labels.size()) != labels.size()) {
      throw json.wrong(
          COUNT,
          "is " + json.positive(COUNT, Limits.LABELS) + ", but id2label names " + labels.size());
    }
    if (labels.size() < 2) {
      throw json.wrong(
          ID_TO_LABEL,
          "names one label only, which means regression; a classification head needs two or more");
    }
    requireDistinct(json, ID_TO_LABEL, labels);
    return labels;
  }

  /** Whether a row may have several labels by the classification head, as the file says. */
  public static boolean isMultiLabel(JsonObject json) {
    return json.has(PROBLEM) && json.text(PROBLEM).equals(MULTI_LABEL);
  }

  /**
   * Checks that labels can be told apart.
   *
   * @param json the file that names them
   * @param key the key that names them
   * @throws CheckpointException if one is blank or named twice
   */
  public static void requireDistinct(JsonObject json, String key, List<String> labels) {
    Set<String> known = new HashSet<>();
    for (String label : labels) {
      if (label.isBlank() || !known.add(label)) {
        throw json.wrong(
            key,
            "names "
                + CheckpointException.quote(label)
                + (label.isBlank() ? ", which is blank" : " twice"));
      }
    }
  }

  private static List<String> numbered(int count) {
    List<String> labels = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      labels.add("LABEL_" + id);
    }
    return List.copyOf(labels);
  }
}
