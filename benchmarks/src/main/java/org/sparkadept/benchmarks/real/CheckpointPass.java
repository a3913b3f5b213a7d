package org.sparkadept.benchmarks.real;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.HeadInputs;

/** Rows through all layers of a checkpoint, on a thread for each core, as Spark's tasks do. */
final class CheckpointPass implements AutoCloseable {
  private static final int BATCH = 1024;

  /** Of which each holds what heads read at every exit. */
  private static final int STATE_BATCH = 256;

  /** Rows of each thread that are scored before anything is timed. */
  private static final int WARM_UP = 32;

  private final int threads = Runtime.getRuntime().availableProcessors();
  private final LoadedModel model;
  private final Classifier classifier;

  /**
   * @param directory of {@link ZeroHead}
   * @param maxTokens longest row in tokens; 0 for the default
   */
  CheckpointPass(Path directory, int maxTokens) {
    model = LoadedModel.open(directory, ComputeOptions.defaults());
    try {
      ClassifierOptions options = ClassifierOptions.defaults().withMaxTokens(maxTokens);
      classifier = model.classifier(options.atFullDepth());
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /**
   * The cost of a pass at full depth.
   *
   * @param rows that were scored
   * @param seconds from its start to its end, tokenization included
   * @param flops floating-point operations
   * @param rowsByTokens how many rows have how many tokens
   */
  record Cost(long rows, double seconds, long flops, TreeMap<Integer, Integer> rowsByTokens) {}

  /** Scores rows. */
  Cost cost(byte[][] texts) {
    onThreads(texts.length, rows -> classify(texts, Arrays.copyOf(rows, warmUp(rows)), null));
    Sums sums = new Sums();
    long start = System.nanoTime();
    onThreads(texts.length, rows -> classify(texts, rows, sums));
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Cost(sums.rows, seconds, sums.flops, sums.rowsByTokens);
  }

  private static int warmUp(int[] rows) {
    return Math.min(rows.length, WARM_UP);
  }

  private void classify(byte[][] texts, int[] rows, Sums sums) {
    for (int from = 0; from < rows.length; from += BATCH) {
      Classifications answers =
          classifier.classify(select(texts, rows, from, Math.min(rows.length, from + BATCH)));
      if (sums != null) {
        sums.add(answers);
      }
    }
  }

  private static byte[][] select(byte[][] texts, int[] rows, int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> texts[rows[i]]).toArray(byte[][]::new);
  }

  private static final class Sums {
    private final TreeMap<Integer, Integer> rowsByTokens = new TreeMap<>();
    private long rows;
    private long flops;

    private synchronized void add(Classifications answers) {
      flops += answers.statistics().flops();
      for (int row = 0; row < answers.size(); row++) {
        if (answers.scored(row)) {
          rows++;
          rowsByTokens.merge(answers.tokens(row), 1, Integer::sum);
        }
      }
    }
  }

  /**
   * What heads of both kinds read of rows.
   *
   * @param layers from 1, ascending
   * @return row by row; null where a row cannot be scored
   */
  HeadInputs[] headInputs(byte[][] texts, int[] layers) {
    HeadInputs[] inputs = new HeadInputs[texts.length];
    onThreads(
        texts.length,
        rows -> {
          for (int from = 0; from < rows.length; from += STATE_BATCH) {
            int to = Math.min(rows.length, from + STATE_BATCH);
            HeadInputs[] batch =
                classifier.headInputs(
                    select(texts, rows, from, to), layers, ExitHead.Input.CLASS_TOKEN_AND_MEAN);
            for (int i = 0; i < batch.length; i++) {
              inputs[rows[from + i]] = batch[i];
            }
          }
        });
    return inputs;
  }

  /** Gives each thread every n-th row. */
  private void onThreads(int count, Consumer<int[]> work) {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> shares = new ArrayList<>();
      for (int thread = 0; thread < threads; thread++) {
        int first = thread;
        int[] rows = IntStream.range(0, count).filter(row -> row % threads == first).toArray();
        shares.add(pool.submit(() -> work.accept(rows)));
      }
      for (Future<?> share : shares) {
        share.get();
      }
    } catch (ExecutionException e) {
      throw new AdeptException("The rows cannot be scored: " + e.getCause().getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AdeptException("The scoring was interrupted.", e);
    } finally {
      pool.shutdownNow();
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
