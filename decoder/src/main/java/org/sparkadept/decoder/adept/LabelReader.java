package org.sparkadept.decoder.adept;

import java.util.List;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.family.Labels;

/** Reads the labels of {@code adept.json}, and checks them against the checkpoint's own head. */
final class LabelReader {
  private final JsonObject json;
  private final ModelConfig config;

  LabelReader(JsonObject json, ModelConfig config) {
    this.json = json;
    this.config = config;
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

  void checkOwnHead(String head, List<String> labels, ExitHead.Input input) {
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
