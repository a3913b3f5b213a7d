package org.sparkadept.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.result.Classifications;

/** A variant with its decoder loaded, ready to be timed. */
final class SpeedSubject implements AutoCloseable {
  private final SpeedVariant variant;
  private final LabelledTexts rows;
  private final Decoder decoder;

  SpeedSubject(Path model, SpeedVariant variant, LabelledTexts rows, DecoderOptions options) {
    this.variant = variant;
    this.rows = rows;
    decoder = Decoder.open(model, options.withExit(variant.exit()));
  }

  SpeedVariant variant() {
    return variant;
  }

  /** The answers of one run on this thread. */
  Classifications answers() {
    return decoder.classify(rows.texts());
  }

  /**
   * Scores all rows, and again until so many seconds have gone by.
   *
   * @return {@link #nanos} in seconds, the mean over the times
   */
  double seconds(int threads, double least) throws InterruptedException, ExecutionException {
    long start = System.nanoTime();
    long sum = 0;
    int times = 0;
    do {
      sum += nanos(threads);
      times++;
    } while (System.nanoTime() - start < least * 1e9);
    return sum / 1e9 / times;
  }

  /**
   * Scores all rows once, dealt out to threads that start together.
   *
   * @return nanoseconds spent in the compute backend, the mean over the threads: tokenization left
   *     out, the run takes so long
   */
  private long nanos(int threads) throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<Long>> shares = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        byte[][] share = share(thread, threads);
        shares.add(pool.submit(() -> decoder.classify(share).statistics().computeNanos()));
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
  private byte[][] share(int thread, int threads) {
    byte[][] share = new byte[(rows.size() - thread + threads - 1) / threads][];
    for (int i = 0; i < share.length; i++) {
      share[i] = rows.texts()[thread + i * threads];
    }
    return share;
  }

  @Override
  public void close() {
    decoder.close();
  }
}
