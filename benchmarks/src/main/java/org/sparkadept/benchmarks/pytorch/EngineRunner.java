package org.sparkadept.benchmarks.pytorch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.sparkadept.benchmarks.measure.Rounds;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/** The engine, called by several threads at once, as by Spark's tasks. */
final class EngineRunner implements Rounds.Runner, AutoCloseable {
  private final List<Callable<Classifications>> shares = new ArrayList<>();
  private final ExecutorService pool;

  /**
   * @param classifier shared by the threads
   * @param rows divided among the threads
   * @param threads how many
   */
  EngineRunner(Classifier classifier, TokenizedText[] rows, int threads) {
    pool = Executors.newFixedThreadPool(threads);
    for (int thread = 0; thread < threads; thread++) {
      TokenizedText[] share = share(rows, thread, threads);
      shares.add(() -> classifier.classify(share, false));
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
      for (Future<Classifications> share : pool.invokeAll(shares)) {
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
