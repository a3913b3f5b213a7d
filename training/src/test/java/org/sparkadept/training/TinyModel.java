package org.sparkadept.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.sparkadept.training.data.EncodedRow;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.optimize.Hyperparameters;
import org.sparkadept.training.tokenizer.Vocabulary;

/** A model small enough to be trained inside a test, and rows it can learn. */
public final class TinyModel {
  /** Two layers of width 32, two query heads to a key head, three labels. */
  public static final ModelShape SHAPE = new ModelShape(300, 3, 2, 32, 4, 2, 8, 48, 32);

  private static final int KEYWORD = 40;

  private TinyModel() {}

  /** Hyper-parameters with dropout, token dropping and next-token loss all in use. */
  public static Hyperparameters hyperparameters(int epochs) {
    return new Hyperparameters(
        5, epochs, 8, 5e-3, 0.1, 0.01, 0.05, 0.05, 0.02, 0.1, 0.5, 0.5, 1.0, 0.9);
  }

  /** Rows of random tokens with one that gives the label away, somewhere before the class token. */
  public static List<EncodedRow> rows(int count, long seed) {
    Random random = new Random(seed);
    List<EncodedRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] tokens = new int[6 + random.nextInt(8)];
      for (int j = 0; j < tokens.length; j++) {
        tokens[j] = 100 + random.nextInt(200);
      }
      int label = i % SHAPE.labels();
      tokens[random.nextInt(tokens.length - 1)] = KEYWORD + label;
      tokens[tokens.length - 1] = Vocabulary.CLASS_ID;
      rows.add(new EncodedRow(tokens, label));
    }
    return rows;
  }
}
