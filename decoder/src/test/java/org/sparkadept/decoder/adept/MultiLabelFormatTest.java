package org.sparkadept.decoder.adept;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.fixture.JsonEdit;
import org.sparkadept.decoder.model.family.TinyModel;

/** The kind of the problem and the thresholds of the labels in {@code adept.json}. */
class MultiLabelFormatTest {
  private static final List<String> LABELS = List.of("red", "green", "blue");
  private static final float[] THRESHOLDS = {0.25f, 0.5f, 0.75f};
  private static final int WIDTH = 8;

  @TempDir Path folder;

  private static AdeptWriter writer() {
    return new AdeptWriter(LABELS, new int[] {2}, PolicyKind.NONE, Float.NaN);
  }

  private Path json() {
    return folder.resolve("adept.json");
  }

  private LabelRule rule() {
    try (ModelDirectory directory = ModelDirectory.open(folder)) {
      return directory.rule();
    }
  }

  private void fit(LabelRule rule) throws IOException {
    TinyModel.llama().write(folder);
    float[] weight = new float[LABELS.size() * WIDTH];
    writer()
        .rule(rule)
        .head(2, ExitHead.Input.CLASS_TOKEN, weight, new float[] {1, 2, 3})
        .write(folder);
  }

  @Test
  void whatIsWrittenIsReadAndStaysWhenThePolicyChanges() throws IOException {
    fit(LabelRule.multiLabel(THRESHOLDS));
    assertTrue(rule().isMultiLabel());
    assertArrayEquals(THRESHOLDS, rule().thresholds());
    AdeptWriter.recalibrate(json(), json(), PolicyKind.CONFIDENCE, 0.75f, false, Map.of());
    assertArrayEquals(THRESHOLDS, rule().thresholds());
  }

  @Test
  void onlyEarlierReleasesThatKnowTheKindReadAFile() throws IOException {
    fit(LabelRule.SINGLE_LABEL);
    assertEquals(2, JsonEdit.read(json()).get("format_version").asInt());
    assertFalse(JsonEdit.read(json()).has("problem_type"));
    assertFalse(rule().isMultiLabel());
    fit(LabelRule.multiLabel(THRESHOLDS));
    assertEquals(3, JsonEdit.read(json()).get("format_version").asInt());
  }

  private void assertRefused(Object thresholds, Object... fragments) throws IOException {
    JsonEdit.edit(json(), json -> json.putPOJO("label_thresholds", thresholds));
    assertFails(this::rule, json(), "label_thresholds");
    assertFails(this::rule, fragments);
  }

  @Test
  void thresholdsAreOneForEachLabelAndBetween0And1() throws IOException {
    fit(LabelRule.multiLabel(THRESHOLDS));
    assertRefused(List.of(0.5, 0.5), "has 2 values", "3 labels");
    assertRefused(List.of(0.5, 0.5, 1), "\"blue\"", "between 0 and 1");
    assertRefused(List.of(0, 0.5, 0.5), "\"red\"");
    assertRefused(List.of(0.5, "0.5", 0.5), "numbers only");
    JsonEdit.edit(json(), json -> json.remove("label_thresholds"));
    assertFails(this::rule, "label_thresholds", "is missing");
    JsonEdit.edit(json(), json -> json.put("problem_type", "regression"));
    assertFails(this::rule, "problem_type", "regression", "multi_label, single_label");
  }

  @Test
  void theCheckpointsOwnHeadMustBeOfTheSameKind() throws IOException {
    TinyModel.llama().withHead().config("problem_type", "multi_label_classification").write(folder);
    writeWithOwnHead(LabelRule.multiLabel(THRESHOLDS));
    assertArrayEquals(THRESHOLDS, rule().thresholds());
    writeWithOwnHead(LabelRule.SINGLE_LABEL);
    assertFails(this::rule, json(), "problem_type", "classification head");
  }

  /** A head after the first layer; that of the last is the checkpoint's. */
  private void writeWithOwnHead(LabelRule rule) {
    float[] weight = new float[LABELS.size() * WIDTH];
    new AdeptWriter(LABELS, new int[] {1, 2}, PolicyKind.NONE, Float.NaN)
        .rule(rule)
        .head(1, ExitHead.Input.CLASS_TOKEN, weight, new float[LABELS.size()])
        .write(folder);
  }
}
