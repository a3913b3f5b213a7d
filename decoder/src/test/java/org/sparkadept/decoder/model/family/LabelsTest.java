package org.sparkadept.decoder.model.family;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.format.JsonObject;

class LabelsTest {
  @TempDir Path folder;

  @Test
  void labelsComeInTheOrderOfTheirIds() throws IOException {
    String text =
        "{\"id2label\":{\"10\":\"k\",\"2\":\"c\",\"0\":\"a\",\"1\":\"b\",\"3\":\"d\",\"4\":\"e\","
            + "\"5\":\"f\",\"6\":\"g\",\"7\":\"h\",\"8\":\"i\",\"9\":\"j\"}}";
    List<String> expected = List.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k");
    assertEquals(expected, Labels.ofHead(json(text)));
    assertEquals(expected, Labels.asWritten(json(text)));
  }

  @Test
  void labelsMayBeAnArrayOrHaveTheirIdsAsValues() throws IOException {
    List<String> expected = List.of("b", "a", "c");
    assertEquals(expected, Labels.ofHead(json("{\"id2label\":[\"b\",\"a\",\"c\"]}")));
    assertEquals(expected, Labels.ofHead(json("{\"label2id\":{\"a\":1,\"b\":0,\"c\":2}}")));
    assertEquals(
        expected,
        Labels.ofHead(
            json("{\"label2id\":{\"x\":0},\"id2label\":[\"b\",\"a\",\"c\"],\"num_labels\":3}")));
  }

  @Test
  void aHeadWithoutNamesHasNumberedLabels() throws IOException {
    assertEquals(List.of("LABEL_0", "LABEL_1"), Labels.ofHead(json("{}")));
    assertEquals(
        List.of("LABEL_0", "LABEL_1", "LABEL_2"), Labels.ofHead(json("{\"num_labels\":3}")));
    assertEquals(List.of(), Labels.asWritten(json("{}")));
  }

  @Test
  void aHeadOfTheSupportedKindIsAccepted() throws IOException {
    JsonObject json =
        json(
            "{\"id2label\":{\"0\":\"a\",\"1\":\"b\"},\"num_labels\":2,"
                + "\"problem_type\":\"single_label_classification\"}");
    assertEquals(List.of("a", "b"), Labels.ofHead(json));
  }

  @Test
  void theKindOfTheHeadIsTold() throws IOException {
    String labels = "{\"id2label\":{\"0\":\"a\",\"1\":\"b\"}";
    JsonObject several = json(labels + ",\"problem_type\":\"multi_label_classification\"}");
    assertEquals(List.of("a", "b"), Labels.ofHead(several));
    assertTrue(Labels.isMultiLabel(several));
    assertFalse(Labels.isMultiLabel(json(labels + "}")));
    assertFalse(
        Labels.isMultiLabel(json(labels + ",\"problem_type\":\"single_label_classification\"}")));
  }

  @Test
  void gapsTwinsBlanksAndOtherCountsAreRefused() {
    assertFails(() -> ofHead("{\"id2label\":{\"0\":\"a\",\"2\":\"b\"}}"), "id2label", "\"1\"");
    assertFails(() -> ofHead("{\"id2label\":{\"0\":\"a\",\"x\":\"b\"}}"), "id2label", "\"1\"");
    assertFails(() -> ofHead("{\"id2label\":{\"0\":\"a\",\"1\":\"a\"}}"), "\"a\" twice");
    assertFails(() -> ofHead("{\"id2label\":{\"0\":\"a\",\"1\":\" \"}}"), "blank");
    assertFails(() -> ofHead("{\"id2label\":{\"0\":\"a\",\"1\":7}}"), "id2label.1", "a string");
    assertFails(() -> ofHead("{\"id2label\":[\"a\",1]}"), "id2label", "strings only");
    assertFails(() -> ofHead("{\"label2id\":{\"a\":0,\"b\":2}}"), "label2id", "\"1\"");
    assertFails(() -> ofHead("{\"label2id\":{\"a\":0,\"b\":0}}"), "label2id", "0 to both");
    assertFails(() -> ofHead("{\"label2id\":{\"a\":\"x\"}}"), "label2id.a", "whole number");
    assertFails(() -> ofHead("{\"label2id\":{\"a\":0}}"), "label2id", "regression");
    assertFails(
        () -> ofHead("{\"num_labels\":3,\"id2label\":{\"0\":\"a\",\"1\":\"b\"}}"),
        "num_labels",
        "is 3",
        "names 2");
  }

  @Test
  void otherKindsOfHeadsAreRefused() {
    assertFails(
        () -> ofHead("{\"problem_type\":\"regression\"}"),
        "problem_type",
        "regression",
        "multi_label_classification, single_label_classification");
    assertFails(() -> ofHead("{\"id2label\":{\"0\":\"a\"}}"), "id2label", "regression");
    assertFails(() -> ofHead("{\"num_labels\":1}"), "regression");
  }

  private List<String> ofHead(String text) throws IOException {
    return Labels.ofHead(json(text));
  }

  private JsonObject json(String text) throws IOException {
    Path file = folder.resolve("config.json");
    Files.writeString(file, text);
    return JsonObject.read(file);
  }
}
