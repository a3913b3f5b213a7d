package org.sparkadept.decoder.model.family;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.JsonObject;

/**
 * Label names in {@code config.json}: {@code "id2label": {"0": "spam", "1": "ham"}}, the same as an
 * array, or {@code "label2id": {"spam": 0, "ham": 1}}.
 */
public final class Labels {
  private static final String ID_TO_LABEL = "id2label";
  private static final String LABEL_TO_ID = "label2id";
  private static final String COUNT = "num_labels";
  private static final String PROBLEM = "problem_type";

  private static final String SINGLE_LABEL = "single_label_classification";
  private static final String MULTI_LABEL = "multi_label_classification";

  /** Transformers leaves id2label out of the file where it is this. */
  private static final int DEFAULT_COUNT = 2;

  private Labels() {}

  /** The names in {@code id2label} or else {@code label2id}, by id; empty when there are none. */
  static List<String> asWritten(JsonObject json) {
    if (json.has(ID_TO_LABEL)) {
      return json.isArray(ID_TO_LABEL)
          ? List.copyOf(json.texts(ID_TO_LABEL))
          : inOrder(json, ID_TO_LABEL, "keys", json.textMap(ID_TO_LABEL));
    }
    if (!json.has(LABEL_TO_ID)) {
      return List.of();
    }
    Map<String, String> byId = new HashMap<>();
    json.wholeMap(LABEL_TO_ID)
        .forEach(
            (label, id) -> {
              String other = byId.put(Integer.toString(id), label);
              if (other != null) {
                throw json.wrong(
                    LABEL_TO_ID,
                    String.format(
                        "gives %d to both %s and %s",
                        id, CheckpointException.quote(other), CheckpointException.quote(label)));
              }
            });
    return inOrder(json, LABEL_TO_ID, "ids", byId);
  }

  private static List<String> inOrder(
      JsonObject json, String key, String what, Map<String, String> byId) {
    List<String> labels = new ArrayList<>();
    for (int id = 0; id < byId.size(); id++) {
      String label = byId.get(Integer.toString(id));
      if (label == null) {
        throw json.wrong(
            key,
            String.format(
                "must have the %s \"0\" to \"%d\", one for each of its %d labels, but \"%d\" is"
                    + " missing",
                what, byId.size() - 1, byId.size(), id));
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
    String key = json.has(LABEL_TO_ID) && !json.has(ID_TO_LABEL) ? LABEL_TO_ID : ID_TO_LABEL;
    if (json.positive(COUNT, Limits.LABELS, labels.size()) != labels.size()) {
      throw json.wrong(
          COUNT,
          String.format(
              "is %d, but %s names %d", json.positive(COUNT, Limits.LABELS), key, labels.size()));
    }
    if (labels.size() < 2) {
      throw json.wrong(
          key,
          "names one label only, which means regression; a classification head needs two or more");
    }
    requireDistinct(json, key, labels);
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

  /** Names that say nothing, as Transformers gives them: {@code LABEL_0}, {@code LABEL_1} … */
  public static List<String> numbered(int count) {
    List<String> labels = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      labels.add("LABEL_" + id);
    }
    return List.copyOf(labels);
  }
}
