package org.sparkadept.decoder.adept;

import java.util.List;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.Labels;

/** Reads the labels of {@code adept.json}, and checks them against the checkpoint's own head. */
final class LabelReader {
  private final JsonObject json;
  private final ModelConfig config;
  private final Checkpoint checkpoint;

  LabelReader(JsonObject json, ModelConfig config, Checkpoint checkpoint) {
    this.json = json;
    this.config = config;
    this.checkpoint = checkpoint;
  }

  List<String> labels() {
    List<String> labels = List.copyOf(json.texts(AdeptFormat.LABELS));
    if (labels.size() < 2) {
      throw json.wrong(
          AdeptFormat.LABELS, "must name at least two labels, but names " + labels.size());
    }
    if (2L * labels.size() * config.width() > Integer.MAX_VALUE - 8) {
      throw json.wrong(AdeptFormat.LABELS, "are more than can be handled (" + labels.size() + ")");
    }
    Labels.requireDistinct(json, AdeptFormat.LABELS, labels);
    return labels;
  }

  LabelRule rule(List<String> labels) {
    String problem =
        json.has(AdeptFormat.PROBLEM_TYPE)
            ? json.text(AdeptFormat.PROBLEM_TYPE)
            : AdeptFormat.SINGLE_LABEL;
    if (problem.equals(AdeptFormat.SINGLE_LABEL)) {
      return LabelRule.SINGLE_LABEL;
    }
    if (!problem.equals(AdeptFormat.MULTI_LABEL)) {
      throw json.unsupported(
          AdeptFormat.PROBLEM_TYPE, problem, AdeptFormat.MULTI_LABEL, AdeptFormat.SINGLE_LABEL);
    }
    List<Double> values = json.numbers(AdeptFormat.LABEL_THRESHOLDS);
    if (values.size() != labels.size()) {
      throw json.wrong(
          AdeptFormat.LABEL_THRESHOLDS,
          "has " + values.size() + " values, but there are " + labels.size() + " labels");
    }
    float[] thresholds = new float[values.size()];
    for (int i = 0; i < values.size(); i++) {
      thresholds[i] = values.get(i).floatValue();
      if (!(thresholds[i] > 0 && thresholds[i] < 1)) {
        throw json.wrong(
            AdeptFormat.LABEL_THRESHOLDS,
            String.format(
                "must lie between 0 and 1, but that of label %s is %s",
                CheckpointException.quote(labels.get(i)), values.get(i)));
      }
    }
    return LabelRule.multiLabel(thresholds);
  }

  /** The rule of a checkpoint's own classification head, with thresholds of ½. */
  static LabelRule ruleOfHead(Checkpoint checkpoint, ModelConfig config) {
    return Labels.isMultiLabel(checkpoint.config())
        ? LabelRule.multiLabel(config.labels().size())
        : LabelRule.SINGLE_LABEL;
  }

  void checkOwnHead(String head, List<String> labels, LabelRule rule, ExitHead.Input input) {
    if (rule.isMultiLabel() != Labels.isMultiLabel(checkpoint.config())) {
      throw json.wrong(
          AdeptFormat.PROBLEM_TYPE,
          "is not that of the classification head in config.json (problem_type there); fit the"
              + " model again");
    }
    boolean unnamed = config.labels().equals(Labels.numbered(labels.size()));
    if (!unnamed && !labels.equals(config.labels())) {
      throw json.wrong(
          AdeptFormat.LABELS,
          String.format(
              "are not those of the classification head in config.json (%d here, %d in id2label,"
                  + " first difference: %s); fit the model again",
              labels.size(), config.labels().size(), firstDifference(labels, config.labels())));
    }
    if (input != ExitHead.Input.CLASS_TOKEN) {
      throw json.wrong(
          AdeptFormat.HEAD_INPUTS,
          "must not name the last layer, whose head is the checkpoint's own (" + head + ")");
    }
  }

  private static String firstDifference(List<String> here, List<String> there) {
    int i = 0;
    while (i < here.size() && i < there.size() && here.get(i).equals(there.get(i))) {
      i++;
    }
    String left = i < here.size() ? CheckpointException.quote(here.get(i)) : "nothing";
    String right = i < there.size() ? CheckpointException.quote(there.get(i)) : "nothing";
    return "label " + i + " is " + left + " here and " + right + " there";
  }
}
