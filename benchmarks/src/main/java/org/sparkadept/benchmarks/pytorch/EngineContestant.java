package org.sparkadept.benchmarks.pytorch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.sparkadept.benchmarks.Contestant;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/** Our engine, called by several threads at once as Spark's tasks do. */
final class EngineContestant implements Contestant, AutoCloseable {
  private final List<Callable<Void>> shares = new ArrayList<>();
  private final ExecutorService pool;

  /**
   * @param decoder closed by the caller
   * @param rows dealt out to the threads
   * @param threads how many call
   */
  EngineContestant(Decoder decoder, TokenizedText[] rows, int threads) {
    pool = Executors.newFixedThreadPool(threads);
    for (int thread = 0; thread < threads; thread++) {
      TokenizedText[] share = share(rows, thread, threads);
      shares.add(
          () -> {
            decoder.classify(share, false);
            return null;
          });
    }
  }

  /** Every {@code threads}-th row. */
  private static TokenizedText[] share(TokenizedText[] rows, int thread, int threads) {
    List<TokenizedText> share = new ArrayList<>();
    for (int row = thread; row < rows.length; row += threads) {
      share.add(rows[row]);
    }
    return share.toArray(new TokenizedText[0]);
  }

  @Override
  public double seconds(double least) throws InterruptedException {
    long start = System.nanoTime();
    int times = 0;
    do {
      score();
      times++;
    } while (System.nanoTime() - start < least * 1e9);
    return (System.nanoTime() - start) / 1e9 / times;
  }

  private void score() throws InterruptedException {
    try {
      for (Future<Void> share : pool.invokeAll(shares)) {
        share.get();
      }
    } catch (ExecutionException e) {
      throw new AdeptException("The rows cannot be scored: " + e.getCause().getMessage(), e);
    }
  }

  @Override
  public void close() {
    pool.shutdown();
  }
}
