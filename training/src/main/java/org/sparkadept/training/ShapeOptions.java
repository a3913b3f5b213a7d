package org.sparkadept.training;

import org.sparkadept.training.model.ModelShape;
import picocli.CommandLine.Option;

/** Options that say how large the model is; the defaults are those of the shipped model. */
final class ShapeOptions {
  private static final int MAX_POSITIONS = 512;

  @Option(names = "--vocabulary", description = "Tokens in the vocabulary (${DEFAULT-VALUE}).")
  private int vocabulary = 8192;

  @Option(names = "--layers", description = "Decoder layers (${DEFAULT-VALUE}).")
  private int layers = 8;

  @Option(names = "--width", description = "Width of the residual stream (${DEFAULT-VALUE}).")
  private int width = 256;

  @Option(names = "--query-heads", description = "Query heads (${DEFAULT-VALUE}).")
  private int queryHeads = 8;

  @Option(names = "--key-value-heads", description = "Key and value heads (${DEFAULT-VALUE}).")
  private int keyValueHeads = 2;

  @Option(names = "--intermediate", description = "Width inside the MLP (${DEFAULT-VALUE}).")
  private int intermediate = 704;

  /** The shape for a number of classes. */
  ModelShape shape(int labels) {
    return new ModelShape(
        vocabulary,
        labels,
        layers,
        width,
        queryHeads,
        keyValueHeads,
        width / queryHeads,
        intermediate,
        MAX_POSITIONS);
  }
}
