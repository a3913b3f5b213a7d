package org.sparkadept.decoder.tokenizer.check;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.error.CheckpointException;

/**
 * A part of a {@code tokenizer.json} that says file and place in every complaint.
 *
 * @param file the file
 * @param place of the part, as {@code pre_tokenizer.pretokenizers[0]}
 * @param node the part; a missing node where the file has none
 * @param doubts receives what is allowed, but not known to be harmless
 */
record Part(Path file, String place, JsonNode node, List<String> doubts) {
  private static final String REMEDY =
      ". Copy the tokenizer.json of the model again; if it is the same where it comes from, do not"
          + " use it.";

  /** Whether the part is absent or null. */
  boolean isAbsent() {
    return node.isMissingNode() || node.isNull();
  }

  Part at(String key) {
    return new Part(file, place.isEmpty() ? key : place + "." + key, node.path(key), doubts);
  }

  /** A part whose key the file chose. */
  Part entry(String key) {
    String at = place + "[" + CheckpointException.quote(key) + "]";
    return new Part(file, at, node.path(key), doubts);
  }

  /** The elements of an array. */
  List<Part> elements() {
    if (!node.isArray()) {
      throw wrong("must be an array");
    }
    List<Part> elements = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      elements.add(new Part(file, place + "[" + i + "]", node.get(i), doubts));
    }
    return elements;
  }

  /** A string. */
  String text() {
    if (!node.isTextual()) {
      throw wrong("must be a string");
    }
    return node.textValue();
  }

  /** A string of {@code least} to {@code most} characters. */
  String text(int least, int most) {
    String text = text();
    if (text.length() < least || text.length() > most) {
      throw wrong(
          String.format("has %d characters, but must have %d to %d", text.length(), least, most));
    }
    return text;
  }

  /** A whole number from {@code least} to {@code most}. */
  int whole(int least, int most) {
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < least
        || node.intValue() > most) {
      throw wrong(String.format("must be a whole number from %d to %d", least, most));
    }
    return node.intValue();
  }

  /** The string at {@code type}. */
  String type() {
    if (!node.isObject()) {
      throw wrong("must be an object");
    }
    return at("type").text();
  }

  /** Notes that the part is allowed, but that a trial must show whether it does harm. */
  void doubt(String what) {
    doubts.add(place + " " + what);
  }

  /**
   * A complaint about the part.
   *
   * @param problem the rest of the sentence, without a full stop
   */
  CheckpointException wrong(String problem) {
    return new CheckpointException("The tokenizer " + file + ": " + place + " " + problem + REMEDY);
  }
}
