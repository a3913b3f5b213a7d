package org.sparkadept.benchmarks.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.sparkadept.decoder.Classifier;

/**
 * Times a classifier without its tokenizer.
 *
 * @param classifier shared by the threads
 * @param texts {@code [rows]} in UTF-8
 * @param threads among which the rows are divided
 */
public record SpeedRunner(Classifier classifier, byte[][] texts, int threads)
    implements Rounds.Runner {
  @Override
  public double seconds(double least) throws InterruptedException, ExecutionException {
    long start = System.nanoTime();
    long sum = 0;
    int times = 0;
    do {
      sum += nanos();
      times++;
    } while (System.nanoTime() - start < least * 1e9);
    return sum / 1e9 / times;
  }

  /**
   * Scores all rows once, on threads that start together.
   *
   * @return nanoseconds spent in the compute backend, the mean over the threads: the duration of
   *     the run without tokenization
   */
  private long nanos() throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Long>> shares = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        byte[][] share = share(thread);
        shares.add(pool.submit(() -> classifier.classify(share).statistics().computeNanos()));
      }
      long sum = 0;
      for (Future<Long> share : shares) {
        sum += share.get();
      }
      return sum / threads;
    } finally {
      pool.shutdown();
    }
  }

  /** Every {@code threads}-th row. */
  private byte[][] share(int thread) {
    byte[][] share = new byte[(texts.length - thread + threads - 1) / threads][];
    for (int i = 0; i < share.length; i++) {
      share[i] = texts[thread + i * threads];
    }
    return share;
  }
}
