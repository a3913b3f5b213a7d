package org.sparkadept.pipeline.tune;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.prompt.Prompt;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.pipeline.ml.fit.TaskModel;
import org.sparkadept.pipeline.progress.RowCounter;
import org.sparkadept.udfs.table.TextColumns;

/**
 * A model that teaches another: its probabilities at full depth.
 *
 * @param model at full depth
 */
record Teacher(TaskModel model) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Probabilities of 0 are taught as this. */
  private static final double LEAST = 1e-6;

  /**
   * A teacher; null where no directory is named.
   *
   * @param directory under the same path on every machine
   * @param labels those that it has to know
   * @param prompt of its pupil, whose columns it has to read; null where a row is its text
   * @param multiLabel whether rows may have several
   * @param counter counts the rows that it is shown with others
   * @throws AdeptException if it cannot be read, lacks a label, or is of another kind
   */
  static Teacher of(
      Path directory,
      ComputeOptions compute,
      List<String> labels,
      Prompt prompt,
      boolean multiLabel,
      RowCounter counter) {
    if (directory == null) {
      return null;
    }
    try (ModelDirectory opened = ModelDirectory.open(directory)) {
      checkColumns(directory, columns(opened.prompt()), columns(prompt));
      if (opened.rule().isMultiLabel() != multiLabel) {
        throw new AdeptException(
            String.format(
                "%s cannot teach (--distil-from): it is a %s model, but the label column is %s.",
                directory,
                multiLabel ? "single-label" : "multi-label",
                multiLabel ? "ARRAY<STRING>" : "not ARRAY<STRING>"));
      }
      List<String> unknown = new ArrayList<>(labels);
      unknown.removeAll(opened.labels());
      if (!unknown.isEmpty()) {
        throw new AdeptException(
            String.format(
                "%s cannot teach (--distil-from): it does not know the label '%s'; it has %s.",
                directory, unknown.get(0), opened.labels()));
      }
    }
    ClassifierOptions options = ClassifierOptions.defaults().atFullDepth();
    String path = directory.toAbsolutePath().toString();
    return new Teacher(new TaskModel(path, compute, options, counter));
  }

  /** The name does not matter where there is one column. */
  private static void checkColumns(Path directory, List<String> read, List<String> given) {
    if (read.size() != given.size() || read.size() > 1 && !read.equals(given)) {
      throw new AdeptException(
          String.format(
              "%s cannot teach (--distil-from): its prompt reads the columns %s, but the model's reads"
                  + " %s. Name the same columns, in the same order.",
              directory, String.join(", ", read), String.join(", ", given)));
    }
  }

  private static List<String> columns(Prompt prompt) {
    return prompt == null ? List.of(TextColumns.DEFAULT) : prompt.columns();
  }

  /**
   * What the teacher answers, for the task that runs.
   *
   * @param labels the pupil's, in its order
   */
  Lessons lessons(List<String> labels) {
    Classifier classifier = model.classifier();
    List<String> known = classifier.labels();
    int[] order = labels.stream().mapToInt(known::indexOf).toArray();
    return new Lessons(classifier, order, classifier.rule().isMultiLabel());
  }

  /**
   * A teacher at work.
   *
   * @param order index of each of the pupil's labels among the teacher's
   * @param multiLabel whether rows may have several labels
   */
  record Lessons(Classifier classifier, int[] order, boolean multiLabel) {
    /**
     * Log-probabilities of the pupil's labels, which sum to 1 unless rows may have several, as
     * bytes; null where it has none.
     */
    byte[][] of(byte[][] texts) {
      Classifications answers = classifier.classify(texts, true);
      byte[][] lessons = new byte[texts.length][];
      for (int row = 0; row < lessons.length; row++) {
        if (answers.scored(row)) {
          lessons[row] = logarithms(answers.probabilities(row));
        }
      }
      return lessons;
    }

    private byte[] logarithms(float[] probabilities) {
      double sum = multiLabel ? 1 : 0;
      for (int index : order) {
        sum += multiLabel ? 0 : Math.max(LEAST, probabilities[index]);
      }
      ByteBuffer bytes = ByteBuffer.allocate(order.length * Float.BYTES);
      for (int index : order) {
        bytes.putFloat((float) Math.log(Math.max(LEAST, probabilities[index]) / sum));
      }
      return bytes.array();
    }
  }
}
