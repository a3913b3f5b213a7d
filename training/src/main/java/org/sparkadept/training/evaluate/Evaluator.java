package org.sparkadept.training.evaluate;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.TokenExitKind;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.training.data.LabelSet;
import org.sparkadept.training.data.LabelledRow;

/** Takes labelled rows through every exit of a model directory, with the decoder's engine. */
public final class Evaluator {
  private static final int ROWS_TOGETHER = 1024;

  private Evaluator() {}

  /**
   * Evaluates a model.
   *
   * @param rows one row or more
   * @throws AdeptException if the model cannot be read or a row cannot be scored
   * @throws IllegalArgumentException if a row has a label that the model does not know
   */
  public static ExitOutcomes evaluate(Path model, List<LabelledRow> rows) {
    int[] labels = new int[rows.size()];
    int[][] answers = new int[rows.size()][];
    float[][] confidences = new float[rows.size()][];
    try (LoadedModel loaded = LoadedModel.open(model, ComputeOptions.defaults())) {
      LabelSet known = new LabelSet(loaded.labels());
      ClassifierOptions options = ClassifierOptions.defaults().withTokenExit(TokenExitKind.NONE);
      Classifier classifier = loaded.classifier(options);
      for (int first = 0; first < rows.size(); first += ROWS_TOGETHER) {
        int count = Math.min(ROWS_TOGETHER, rows.size() - first);
        List<LabelledRow> some = rows.subList(first, first + count);
        ExitTrace[] traces = classifier.trace(texts(some), false);
        for (int i = 0; i < count; i++) {
          LabelledRow row = some.get(i);
          if (traces[i] == null) {
            throw new AdeptException("Row " + row.id() + " cannot be scored by " + model + ".");
          }
          labels[first + i] = known.indexOf(row);
          answers[first + i] = answers(traces[i]);
          confidences[first + i] = confidences(traces[i]);
        }
      }
    }
    return new ExitOutcomes(labels, answers, confidences);
  }

  private static byte[][] texts(List<LabelledRow> rows) {
    return rows.stream()
        .map(row -> row.text().getBytes(StandardCharsets.UTF_8))
        .toArray(byte[][]::new);
  }

  private static int[] answers(ExitTrace trace) {
    int[] answers = new int[trace.exits()];
    for (int exit = 0; exit < answers.length; exit++) {
      answers[exit] = trace.readouts()[exit].label();
    }
    return answers;
  }

  private static float[] confidences(ExitTrace trace) {
    float[] confidences = new float[trace.exits()];
    for (int exit = 0; exit < confidences.length; exit++) {
      ExitReadout readout = trace.readouts()[exit];
      confidences[exit] = readout.probability();
    }
    return confidences;
  }
}
