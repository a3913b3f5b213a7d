package org.sparkadept.training.optimize;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.ShortBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.training.model.Weight;

/**
 * AdamW (Loshchilov, Hutter 2019) with clipping of the global gradient norm. One pass over a block
 * that fits the processor's cache updates moments, weight and the copy that products read; as
 * operations of PyTorch it would be ten passes over all weights.
 */
public final class AdamW {
  private static final float BETA1 = 0.9f;
  private static final float BETA2 = 0.98f;
  private static final float EPSILON = 1e-8f;
  private static final int BLOCK = 4096;
  private static final int BLOCKS_PER_TASK = 16;

  private final Optimization settings;

  public AdamW(Optimization settings) {
    this.settings = settings;
  }

  /** A weight with its arrays, as buffers. */
  private record Target(
      ByteBuffer gradient,
      boolean half,
      FloatBuffer exact,
      FloatBuffer mean,
      FloatBuffer variance,
      ShortBuffer rounded,
      boolean head,
      float decay) {

    void gradient(int from, int count, Scratch scratch) {
      if (!half) {
        gradient.asFloatBuffer().get(from, scratch.gradient, 0, count);
        return;
      }
      gradient.asShortBuffer().get(from, scratch.halves, 0, count);
      for (int i = 0; i < count; i++) {
        scratch.bits[i] = scratch.halves[i] << 16;
      }
      scratch.ints.put(0, scratch.bits, 0, count);
      scratch.floats.get(0, scratch.gradient, 0, count);
    }
  }

  /** Some elements of a weight. */
  private record Task(Target target, int from, int to) {}

  /** A thread's memory. */
  private static final class Scratch {
    private final float[] gradient = new float[BLOCK];
    private final float[] weight = new float[BLOCK];
    private final float[] mean = new float[BLOCK];
    private final float[] variance = new float[BLOCK];
    private final short[] halves = new short[BLOCK];
    private final int[] bits = new int[BLOCK];
    private final FloatBuffer floats;
    private final IntBuffer ints;

    Scratch() {
      ByteBuffer bytes = ByteBuffer.allocateDirect(BLOCK * 4).order(ByteOrder.nativeOrder());
      floats = bytes.asFloatBuffer();
      ints = bytes.asIntBuffer();
    }
  }

  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(Scratch::new);

  /**
   * Takes a step along the gradients of the last backward pass.
   *
   * @param weights weights that are trained
   * @param step number of this step, the first is 1
   * @param rate what learning rates are multiplied by
   * @return global gradient norm before clipping
   * @throws AdeptException if a gradient is not finite
   */
  public double step(List<Weight> weights, long step, double rate) {
    List<Task> tasks = tasks(weights);
    double norm =
        Math.sqrt(
            IntStream.range(0, tasks.size())
                .parallel()
                .mapToDouble(i -> squares(tasks.get(i)))
                .sum());
    if (!Double.isFinite(norm)) {
      throw new AdeptException(
          "The gradient of step "
              + step
              + " is not finite; tune with a smaller learning rate, or in single precision.");
    }
    float scale = (float) Math.min(1, settings.gradientNorm() / (norm + 1e-6));
    double correction = Math.sqrt(1 - Math.pow(BETA2, step)) / (1 - Math.pow(BETA1, step));
    IntStream.range(0, tasks.size())
        .parallel()
        .forEach(
            i -> {
              boolean head = tasks.get(i).target.head;
              double peak = head ? settings.headLearningRate() : settings.learningRate();
              update(tasks.get(i), scale, (float) (peak * rate), (float) correction);
            });
    return norm;
  }

  private List<Task> tasks(List<Weight> weights) {
    List<Task> tasks = new ArrayList<>();
    for (Weight weight : weights) {
      ByteBuffer gradient = weight.gradient();
      if (gradient == null) {
        continue;
      }
      Target target =
          new Target(
              gradient,
              weight.isHalf(),
              weight.exact(),
              weight.mean(),
              weight.variance(),
              weight.isHalf() ? weight.rounded() : null,
              weight.isHead(),
              weight.isDecayed() ? (float) settings.weightDecay() : 0);
      int size = weight.size();
      for (int from = 0; from < size; from += BLOCK * BLOCKS_PER_TASK) {
        tasks.add(new Task(target, from, Math.min(size, from + BLOCK * BLOCKS_PER_TASK)));
      }
    }
    return tasks;
  }

  private double squares(Task task) {
    Scratch own = scratch.get();
    double sum = 0;
    for (int from = task.from; from < task.to; from += BLOCK) {
      int count = Math.min(BLOCK, task.to - from);
      task.target.gradient(from, count, own);
      sum += squares(own.gradient, count);
    }
    return sum;
  }

  /** Four sums side by side: a single one would wait for each addition. */
  private static double squares(float[] values, int count) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int whole = count & ~3;
    for (int i = 0; i < whole; i += 4) {
      sum0 += (double) values[i] * values[i];
      sum1 += (double) values[i + 1] * values[i + 1];
      sum2 += (double) values[i + 2] * values[i + 2];
      sum3 += (double) values[i + 3] * values[i + 3];
    }
    for (int i = whole; i < count; i++) {
      sum0 += (double) values[i] * values[i];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  private void update(Task task, float scale, float rate, float correction) {
    Scratch own = scratch.get();
    Target target = task.target;
    for (int from = task.from; from < task.to; from += BLOCK) {
      int count = Math.min(BLOCK, task.to - from);
      target.gradient(from, count, own);
      target.exact.get(from, own.weight, 0, count);
      target.mean.get(from, own.mean, 0, count);
      target.variance.get(from, own.variance, 0, count);
      update(own, count, scale, rate * correction, rate * target.decay);
      target.exact.put(from, own.weight, 0, count);
      target.mean.put(from, own.mean, 0, count);
      target.variance.put(from, own.variance, 0, count);
      if (target.half) {
        round(own, count);
        target.rounded.put(from, own.halves, 0, count);
      }
    }
  }

  private static void update(Scratch own, int count, float scale, float step, float decay) {
    float[] gradient = own.gradient;
    float[] weight = own.weight;
    float[] mean = own.mean;
    float[] variance = own.variance;
    for (int i = 0; i < count; i++) {
      float g = gradient[i] * scale;
      float m = BETA1 * mean[i] + (1 - BETA1) * g;
      float v = BETA2 * variance[i] + (1 - BETA2) * g * g;
      mean[i] = m;
      variance[i] = v;
      weight[i] = weight[i] * (1 - decay) - step * m / ((float) Math.sqrt(v) + EPSILON);
    }
  }

  /** Rounds the weights to BF16, to the nearest, ties to even. */
  private static void round(Scratch own, int count) {
    own.floats.put(0, own.weight, 0, count);
    own.ints.get(0, own.bits, 0, count);
    for (int i = 0; i < count; i++) {
      int bits = own.bits[i];
      own.halves[i] = (short) ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16);
    }
  }
}
