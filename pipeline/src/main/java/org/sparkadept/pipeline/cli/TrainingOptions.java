package org.sparkadept.pipeline.cli;

import java.nio.file.Path;
import java.util.List;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.pipeline.tune.TuneOptions;
import org.sparkadept.training.optimize.Optimization;
import org.sparkadept.training.torch.Precision;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;

/** Options of a tuning; the defaults suffice. */
final class TrainingOptions {
  private static final Optimization DEFAULTS = Optimization.defaults();

  @Option(
      names = "--depth",
      defaultValue = "auto",
      paramLabel = "N",
      converter = Depth.class,
      description =
          "Layers to keep, from the first on, or auto: half of them, all of up to 8. Default:"
              + " ${DEFAULT-VALUE}.")
  private int depth;

  @Option(
      names = "--exit-layers",
      split = ",",
      paramLabel = "N",
      description = "Layers with an exit head; the deepest is added. Default: by depth.")
  private List<Integer> exitLayers = List.of();

  @Option(
      names = "--head-input",
      defaultValue = "class_token_and_mean",
      paramLabel = "KIND",
      converter = Input.class,
      description =
          "What heads read: class_token, or class_token_and_mean. Default: ${DEFAULT-VALUE}.")
  private ExitHead.Input input;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      converter = NumberRange.Count.class,
      description = "Passes over the train rows. Default: ${DEFAULT-VALUE}.")
  private int epochs = DEFAULTS.epochs();

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      converter = NumberRange.Share.class,
      description = "Peak learning rate of the backbone. Default: 2e-4, with --lora 5e-4.")
  private double learningRate = Double.NaN;

  @Option(
      names = "--batch-tokens",
      paramLabel = "N",
      converter = NumberRange.Count.class,
      description = "Most tokens of a step, which memory grows with. Default: ${DEFAULT-VALUE}.")
  private int batchTokens = DEFAULTS.batchTokens();

  @Option(
      names = "--lora",
      paramLabel = "RANK",
      converter = NumberRange.Count.class,
      description = "Train a change of this rank of each projection, not all weights.")
  private int lora;

  @Option(
      names = "--class-weights",
      defaultValue = "none",
      paramLabel = "KIND",
      description =
          "none, or balanced: every label counts as much as the others. Default:"
              + " ${DEFAULT-VALUE}.")
  private ClassWeights classWeights;

  @Option(
      names = "--distil-from",
      paramLabel = "DIR",
      description = "Learn from the answers of this model, too, which has the same labels.")
  private Path distilFrom;

  @Option(
      names = "--precision",
      defaultValue = "auto",
      paramLabel = "KIND",
      converter = Products.class,
      description =
          "Number format of products: bf16, f32, or auto: bf16 where the processor has"
              + " instructions for it. Default: ${DEFAULT-VALUE}.")
  private Precision precision;

  TuneOptions options() {
    return new TuneOptions(
        depth,
        exitLayers,
        input,
        epochs,
        learningRate,
        batchTokens,
        lora,
        classWeights == ClassWeights.BALANCED,
        distilFrom,
        precision);
  }

  /** A number of layers; {@code auto} is 0. */
  static final class Depth implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String text) {
      return text.equals("auto") ? 0 : new NumberRange.Count().convert(text);
    }
  }

  /** What a head reads. */
  static final class Input implements ITypeConverter<ExitHead.Input> {
    @Override
    public ExitHead.Input convert(String text) {
      return ExitHead.Input.parse(text);
    }
  }

  /** What a label's rows count. */
  private enum ClassWeights {
    NONE,
    BALANCED
  }

  /** The number format of products. */
  static final class Products implements ITypeConverter<Precision> {
    @Override
    public Precision convert(String text) {
      try {
        return Precision.of(text);
      } catch (IllegalArgumentException e) {
        throw new AdeptException(
            "The precision (--precision) is bf16, f32 or auto, not '" + text + "'.", e);
      }
    }
  }
}
