package org.sparkadept.pipeline.outcome;

import java.util.ArrayList;
import java.util.List;

/** Rows with a text and a label, collected until they are worth a call of the decoder. */
final class LabelledBatch {
  private final List<byte[]> texts = new ArrayList<>();
  private final List<String> labels = new ArrayList<>();
  private final BatchBounds bounds;
  private long bytes;

  LabelledBatch(BatchBounds bounds) {
    this.bounds = bounds;
  }

  void add(byte[] text, String label) {
    texts.add(text);
    labels.add(label);
    bytes += text.length;
  }

  boolean full() {
    return texts.size() >= bounds.rows() || bytes >= bounds.bytes();
  }

  byte[][] texts() {
    return texts.toArray(new byte[0][]);
  }

  String label(int row) {
    return labels.get(row);
  }

  void clear() {
    texts.clear();
    labels.clear();
    bytes = 0;
  }
}
