package org.sparkadept.benchmarks.pytorch;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkadept.decoder.error.AdeptException;

/**
 * How large a model of random weights is: of the Llama family, with grouped heads where the number
 * of heads allows it. The sizes that follow from layers and width are those of the shipped model
 * for 8x256, and those of SmolLM-135M (but for its vocabulary and its 30 layers) for 12x576.
 *
 * @param layers number of layers
 * @param width size of a hidden state; a multiple of {@value #NARROW_HEAD} up to {@value
 *     #MOST_NARROW}, of {@value #WIDE_HEAD} above
 */
record ModelSize(int layers, int width) {
  static final int VOCABULARY = 8192;
  static final int LABELS = 14;
  static final int POSITIONS = 512;

  private static final Pattern SYNTAX = Pattern.compile("(\\d{1,3})x(\\d{1,5})");
  private static final int NARROW_HEAD = 32;
  private static final int WIDE_HEAD = 64;
  private static final int MOST_NARROW = 256;
  private static final int MLP_STEP = 64;
  private static final int LEAST_LAYERS = 2;

  /**
   * @param text layers, {@code x}, width: {@code 8x256}
   * @throws AdeptException if it is not that, or no model can have that size
   */
  static ModelSize parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      throw new AdeptException(
          "A model's size is LAYERSxWIDTH, for instance 8x256, but not '" + text + "'.");
    }
    ModelSize size =
        new ModelSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    if (size.layers < LEAST_LAYERS || size.width == 0 || size.width % size.headWidth() != 0) {
      throw new AdeptException(
          String.format(
              "There is no model of size %s: it has at least %d layers, and a width that is a"
                  + " multiple of %d up to %d and of %d above.",
              text, LEAST_LAYERS, NARROW_HEAD, MOST_NARROW, WIDE_HEAD));
    }
    return size;
  }

  int headWidth() {
    return width <= MOST_NARROW ? NARROW_HEAD : WIDE_HEAD;
  }

  int heads() {
    return width / headWidth();
  }

  /** A quarter of the heads, else a third, else all. */
  int keyValueHeads() {
    return heads() % 4 == 0 ? heads() / 4 : heads() % 3 == 0 ? heads() / 3 : heads();
  }

  int keyWidth() {
    return keyValueHeads() * headWidth();
  }

  /** Eight thirds of the width, rounded up to a multiple of {@value #MLP_STEP}. */
  int mlpWidth() {
    int exact = (8 * width + 2) / 3;
    return (exact + MLP_STEP - 1) / MLP_STEP * MLP_STEP;
  }

  /** Number of weights, norms left out. */
  long weights() {
    long layer = 2L * width * width + 2L * width * keyWidth() + 3L * width * mlpWidth();
    return layers * layer + (long) (VOCABULARY + LABELS) * width;
  }

  @Override
  public String toString() {
    return layers + "x" + width;
  }
}
