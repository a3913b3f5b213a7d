package org.sparkadept.pipeline.ml.fit;

import dev.ludovic.netlib.blas.BLAS;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Minimizes a smooth convex function by L-BFGS (Nocedal and Wright, Numerical Optimization, 2006,
 * algorithms 7.4 and 7.5) with a bisecting line search for the weak Wolfe conditions (Lewis and
 * Overton, Nonsmooth optimization via quasi-Newton methods, 2013).
 */
final class Lbfgs {
  private static final int HISTORY = 5;
  private static final int MOST_TRIALS = 20;
  private static final double SUFFICIENT_DECREASE = 1e-4;
  private static final double CURVATURE = 0.9;
  private static final BLAS MATH = BLAS.getInstance();

  private Lbfgs() {}

  /** A function and its gradient. */
  @FunctionalInterface
  interface Objective {
    /**
     * @param x where; not to be changed
     * @param gradient is filled
     * @return the value
     */
    double at(double[] x, double[] gradient);
  }

  /** Vectors that a minimization holds at once, at most. */
  static int vectors() {
    return 2 * HISTORY + 6;
  }

  private record Pair(double[] step, double[] change, double product) {}

  /**
   * Minimizes from zero.
   *
   * @param size length of x
   * @param iterations at most
   * @param tolerance ends where the gradient's norm is at most this share of the first one's
   */
  static double[] minimize(Objective objective, int size, int iterations, double tolerance) {
    double[] x = new double[size];
    double[] gradient = new double[size];
    double value = objective.at(x, gradient);
    double least = tolerance * norm(gradient);
    Deque<Pair> history = new ArrayDeque<>();
    for (int i = 0; i < iterations && norm(gradient) > least; i++) {
      double[] direction = direction(gradient, history);
      double slope = dot(direction, gradient);
      double[] nextX = new double[size];
      double[] nextGradient = new double[size];
      double step = history.isEmpty() ? 1 / norm(direction) : 1;
      double low = 0;
      double high = Double.POSITIVE_INFINITY;
      double nextValue = Double.POSITIVE_INFINITY;
      for (int trial = 0; trial < MOST_TRIALS; trial++) {
        System.arraycopy(x, 0, nextX, 0, size);
        MATH.daxpy(size, step, direction, 1, nextX, 1);
        nextValue = objective.at(nextX, nextGradient);
        if (!(nextValue <= value + SUFFICIENT_DECREASE * step * slope)) {
          high = step;
        } else if (dot(nextGradient, direction) < CURVATURE * slope) {
          low = step;
        } else {
          break;
        }
        step = Double.isInfinite(high) ? 2 * step : (low + high) / 2;
      }
      if (!(nextValue < value)) {
        break;
      }
      remember(history, minus(nextX, x), minus(nextGradient, gradient));
      x = nextX;
      gradient = nextGradient;
      value = nextValue;
    }
    return x;
  }

  private static void remember(Deque<Pair> history, double[] step, double[] change) {
    double product = dot(step, change);
    if (product > 0) {
      if (history.size() == HISTORY) {
        history.removeLast();
      }
      history.addFirst(new Pair(step, change, product));
    }
  }

  /** The two-loop recursion. */
  private static double[] direction(double[] gradient, Deque<Pair> history) {
    double[] direction = gradient.clone();
    double[] alphas = new double[history.size()];
    int i = 0;
    for (Pair pair : history) {
      alphas[i] = dot(pair.step, direction) / pair.product;
      MATH.daxpy(direction.length, -alphas[i++], pair.change, 1, direction, 1);
    }
    double scale = -1;
    if (!history.isEmpty()) {
      Pair last = history.getFirst();
      scale = -last.product / dot(last.change, last.change);
    }
    MATH.dscal(direction.length, scale, direction, 1);
    for (Iterator<Pair> pairs = history.descendingIterator(); pairs.hasNext(); ) {
      Pair pair = pairs.next();
      double beta = dot(pair.change, direction) / pair.product;
      MATH.daxpy(direction.length, -alphas[--i] - beta, pair.step, 1, direction, 1);
    }
    return direction;
  }

  private static double[] minus(double[] a, double[] b) {
    double[] difference = a.clone();
    MATH.daxpy(a.length, -1, b, 1, difference, 1);
    return difference;
  }

  private static double dot(double[] a, double[] b) {
    return MATH.ddot(a.length, a, 1, b, 1);
  }

  private static double norm(double[] a) {
    return MATH.dnrm2(a.length, a, 1);
  }
}
