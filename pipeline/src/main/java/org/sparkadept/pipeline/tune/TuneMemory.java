package org.sparkadept.pipeline.tune;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.training.model.ExitPlan;
import org.sparkadept.training.torch.Precision;
import org.sparkadept.training.tune.TuneSettings;

/**
 * The memory that a tuning takes outside the heap, estimated before it begins.
 *
 * @param weightBytes weights, gradients and the optimizer's moments
 * @param activationBytes what the backward pass of the largest batch reads again
 */
record TuneMemory(long weightBytes, long activationBytes) {
  private static final long MIB = 1L << 20;

  /** PyTorch itself, and what an operation needs while it runs. */
  private static final long BASE_BYTES = 600 * MIB;

  /** A trained weight: value, gradient and two moments, and in BF16 a copy in place of 2 bytes. */
  private static final long TRAINED_BYTES = 16;

  /**
   * @param longest tokens of the longest row
   */
  static TuneMemory of(ModelConfig config, TuneSettings settings, int longest) {
    ExitPlan exits = settings.exits();
    long weights = exits.depth() * config.layerParameters();
    long stored = settings.precision() == Precision.BF16 ? 2 : Float.BYTES;
    long lora = exits.depth() * exits.loraRank() * loraInputsAndOutputs(config);
    long weightBytes =
        exits.loraRank() == 0 ? weights * TRAINED_BYTES : weights * stored + lora * TRAINED_BYTES;
    long rows = (long) longest * settings.optimization().batchRows();
    long tokens = Math.max(longest, Math.min(rows, settings.optimization().batchTokens()));
    long activations = exits.depth() * tokens * layerBytes(config, stored, longest);
    return new TuneMemory(weightBytes, activations);
  }

  /**
   * Bytes of a token in a layer: three states in single precision for each norm and residual sum,
   * projections' inputs and outputs in the format of products, rotations in single precision, the
   * attention's shares.
   */
  private static long layerBytes(ModelConfig config, long stored, int longest) {
    long heads = config.queryWidth() + 2L * config.keyWidth();
    long states = config.width() * (8 * Float.BYTES + 2 * stored);
    long attention = heads * (stored + 3 * Float.BYTES) + config.queryWidth() * 2 * stored;
    long shares = (long) config.heads() * longest * (Float.BYTES + 2 * stored);
    long mlp = config.mlpWidth() * (config.gatedMlp() ? 4 : 2) * stored;
    return states + attention + shares + mlp;
  }

  private static long loraInputsAndOutputs(ModelConfig config) {
    long attention = 4L * config.width() + 2L * config.queryWidth() + 2L * config.keyWidth();
    return attention + (config.gatedMlp() ? 3L : 2L) * (config.width() + config.mlpWidth());
  }

  /** Everything. */
  long bytes() {
    return BASE_BYTES + weightBytes + activationBytes;
  }

  /**
   * @throws AdeptException if the machine's memory does not suffice beside the heap
   */
  void check() {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    check(system.getTotalMemorySize(), Runtime.getRuntime().maxMemory());
  }

  void check(long machine, long heap) {
    if (bytes() + heap > machine) {
      throw new AdeptException(
          String.format(
              "Tuning needs about %s beside the heap of %d MiB, but the driver's machine has %d"
                  + " MiB. Take fewer tokens at once (--batch-tokens), shorter texts (--max-tokens),"
                  + " fewer layers (--depth) or fewer trained weights (--lora 16).",
              this, heap / MIB, machine / MIB));
    }
  }

  /** The figures. */
  @Override
  public String toString() {
    return String.format(
        "%d MiB (%d MiB weights and optimizer, %d MiB activations)",
        bytes() / MIB, weightBytes / MIB, activationBytes / MIB);
  }
}
