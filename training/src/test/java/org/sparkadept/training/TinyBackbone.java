package org.sparkadept.training;

import ai.djl.engine.Engine;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.training.model.Decoder;
import org.sparkadept.training.model.ExitPlan;
import org.sparkadept.training.model.TrainingRow;
import org.sparkadept.training.model.Weight;
import org.sparkadept.training.torch.Precision;
import org.sparkadept.training.torch.PyTorch;

/** Decoders over tiny checkpoints, and rows that they can learn. */
public final class TinyBackbone {
  /** Number of labels. */
  public static final int LABELS = 3;

  private static final int KEYWORD = 40;

  private TinyBackbone() {}

  /** PyTorch. */
  public static Engine engine() {
    return PyTorch.start(1);
  }

  /** A decoder without dropout. */
  public static Decoder decoder(ModelDirectory directory, ExitPlan plan, Precision precision) {
    return new Decoder(engine(), directory.tensors(), plan, LABELS, precision, 0, 1);
  }

  /** Gives exit heads, and what LoRA adds, random values. */
  public static void randomize(Decoder decoder, Random random) {
    for (Weight weight : decoder.weights().trained()) {
      if (weight.isHead() || weight.name().contains(".lora_b")) {
        FloatBuffer values = weight.exact();
        for (int i = 0; i < values.capacity(); i++) {
          values.put(i, (float) (0.3 * random.nextGaussian()));
        }
      }
    }
  }

  /** Rows of random tokens with one that gives the label away, somewhere before the class token. */
  public static List<TrainingRow> rows(int count, Random random) {
    List<TrainingRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] tokens = new int[6 + random.nextInt(8)];
      for (int j = 0; j < tokens.length; j++) {
        tokens[j] = 100 + random.nextInt(150);
      }
      int label = i % LABELS;
      tokens[random.nextInt(tokens.length - 1)] = KEYWORD + label;
      tokens[tokens.length - 1] = 1;
      rows.add(new TrainingRow(tokens, label));
    }
    return rows;
  }
}
