package org.sparkadept.pipeline.ml.fit;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.apache.spark.SparkContext;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.model.ModelConfig;

/**
 * The memory that a fit needs, estimated before it begins. Outside the heap: weights to the deepest
 * exit that comes into question, in single precision, and a session's buffers for each core. On the
 * driver's heap: what {@link HeadFit} needs and, later, where the driver does all the work, the
 * sums of each core for the hidden state mappers.
 *
 * @param nativeBytes outside the heap of a JVM that computes
 * @param heapBytes on the heap of the driver
 */
record FitMemory(long nativeBytes, long heapBytes) {
  private static final long MIB = 1L << 20;

  /** Hidden states, keys, values and scratch of a session. */
  private static final long SESSION_BYTES = 256 * MIB;

  /** What Spark, the class loaders and the tokenizer take of a heap. */
  private static final long BASE_HEAP_BYTES = 512 * MIB;

  /**
   * @param layers how many layers run
   * @param cores tasks that run at once in a JVM
   * @param inputs length of what new heads read; 0 where heads are kept
   * @param kinds how many kinds of inputs are tried
   * @param exits number of exit layers
   * @param labels number of labels
   * @param multiLabel whether rows may have several
   * @param local whether the driver does all the work
   * @param mappedExits exit layers with mappers
   */
  static FitMemory of(
      ModelConfig config,
      int layers,
      int cores,
      int inputs,
      int kinds,
      int exits,
      int labels,
      boolean multiLabel,
      boolean local,
      int mappedExits) {
    long weights = config.embeddingParameters() + layers * config.layerParameters();
    long heads = inputs == 0 ? 0 : HeadFit.heapBytes(inputs, kinds, labels, multiLabel, exits);
    long pair = Double.BYTES * (config.width() + 1L) * 2 * config.keyWidth();
    long mappers = local ? pair * mappedExits * layers * cores : 0;
    return new FitMemory(
        weights * Float.BYTES + cores * SESSION_BYTES, BASE_HEAP_BYTES + Math.max(heads, mappers));
  }

  /**
   * Checks what can be known of the driver and, where that does all the work, of its machine.
   *
   * @throws AdeptException if memory does not suffice; the message has figures and options
   */
  void check(SparkContext spark) {
    requireHeap(Runtime.getRuntime().maxMemory());
    if (spark.isLocal()) {
      OperatingSystemMXBean system =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      requireMachine(Runtime.getRuntime().maxMemory(), system.getTotalMemorySize());
    }
  }

  void requireHeap(long heap) {
    if (heapBytes > heap) {
      throw new AdeptException(
          String.format(
              "The fit needs about %d MiB of the driver's heap, which has %d MiB. Give it more:"
                  + " spark-submit --driver-memory %dm, or ADEPT_DRIVER_MEMORY=%dm with bin/adept.",
              heapBytes / MIB, heap / MIB, rounded(heapBytes), rounded(heapBytes)));
    }
  }

  void requireMachine(long heap, long machine) {
    if (nativeBytes + Math.min(heap, heapBytes) > machine) {
      throw new AdeptException(
          String.format(
              "The fit needs about %d MiB for weights and buffers beside %d MiB of heap, but the"
                  + " machine has %d MiB. Use fewer cores (--master local[1]), a smaller --depth, or"
                  + " a machine with more memory.",
              nativeBytes / MIB, Math.min(heap, heapBytes) / MIB, machine / MIB));
    }
  }

  /** In MiB, rounded up to half a gibibyte. */
  private static long rounded(long bytes) {
    long step = 512 * MIB;
    return (bytes + step - 1) / step * step / MIB;
  }
}
