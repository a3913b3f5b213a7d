package org.sparkadept.decoder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.sparkadept.decoder.prompt.ChunkMerge;
import org.sparkadept.decoder.prompt.LongRows;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.DecoderStatistics;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/**
 * Takes rows through a classifier in chunks. What is held of a row is its text, the tokens of a few
 * chunks and the sums of its answers, however many chunks it has.
 */
final class ChunkedRows {
  private final Classifier classifier;
  private final LongRows.Merge merge;
  private final int bundleTokens;

  /**
   * @param bundleTokens tokens after which chunks are scored, those of several rows together
   */
  ChunkedRows(Classifier classifier, LongRows.Merge merge, int bundleTokens) {
    this.classifier = classifier;
    this.merge = merge;
    this.bundleTokens = bundleTokens;
  }

  /** Receives chunks, and the row of each. */
  private interface Bundle {
    void score(TokenizedText[] chunks, int[] rows);
  }

  /**
   * Answers rows, each once.
   *
   * @param probabilities whether the probabilities of all labels are wanted
   */
  Classifications classify(byte[][] rows, boolean probabilities) {
    Classifications answers =
        new Classifications(classifier.labels(), false, rows.length, classifier.minScore());
    ChunkMerge[] merges = new ChunkMerge[rows.length];
    long nanos =
        inBundles(
            rows,
            (chunks, owners) -> {
              Classifications scored = classifier.classify(chunks, true);
              for (int i = 0; i < chunks.length; i++) {
                int row = owners[i];
                merges[row] = merges[row] == null ? new ChunkMerge(merge) : merges[row];
                add(scored, i, answers, row, merges[row]);
              }
              answers.addStatistics(scored.statistics());
            });
    for (int row = 0; row < rows.length; row++) {
      if (merges[row] != null && answers.error(row) == null) {
        answer(answers, row, merges[row], probabilities);
      }
    }
    answers.addStatistics(new DecoderStatistics(nanos, 0, 0, 0, 0, 0));
    return answers;
  }

  /** Adds the answer to a chunk; an error of one is an error of its row. */
  private static void add(
      Classifications scored, int chunk, Classifications answers, int row, ChunkMerge merge) {
    answers.tokenized(
        row,
        answers.tokens(row) + scored.tokens(chunk),
        answers.truncated(row) || scored.truncated(chunk));
    answers.cost(
        row,
        answers.flops(row) + scored.flops(chunk),
        answers.fullDepthFlops(row) + scored.fullDepthFlops(chunk));
    if (scored.error(chunk) != null) {
      answers.fail(row, scored.error(chunk));
    } else {
      merge.add(scored.probabilities(chunk));
      answers.deepen(row, scored.exitLayer(chunk));
    }
  }

  private static void answer(
      Classifications answers, int row, ChunkMerge merge, boolean probabilities) {
    float[] merged = merge.probabilities();
    int label = ChunkMerge.top(merged);
    answers.answer(row, label, merged[label], answers.exitLayer(row));
    answers.chunks(row, merge.chunks());
    if (probabilities) {
      answers.probabilities(row, merged);
    }
  }

  /**
   * Takes rows through every exit.
   *
   * @return row by row, one trace for each chunk; null where the row is NULL or cannot be scored
   */
  ExitTrace[][] trace(byte[][] rows, boolean probabilities) {
    List<List<ExitTrace>> traces = new ArrayList<>();
    for (int row = 0; row < rows.length; row++) {
      traces.add(new ArrayList<>());
    }
    inBundles(
        rows,
        (chunks, owners) -> {
          ExitTrace[] found = classifier.trace(chunks, probabilities);
          for (int i = 0; i < found.length; i++) {
            traces.get(owners[i]).add(found[i]);
          }
        });
    return traces.stream()
        .map(all -> all.isEmpty() || all.contains(null) ? null : all.toArray(new ExitTrace[0]))
        .toArray(ExitTrace[][]::new);
  }

  /** Returns the time that the tokenizer took, in nanoseconds. */
  private long inBundles(byte[][] rows, Bundle bundle) {
    List<TokenizedText> chunks = new ArrayList<>();
    int[] owners = new int[rows.length];
    int tokens = 0;
    long nanos = 0;
    for (int row = 0; row < rows.length; row++) {
      long start = System.nanoTime();
      Iterator<TokenizedText> ofRow =
          rows[row] == null ? List.<TokenizedText>of().iterator() : classifier.chunks(rows[row]);
      while (ofRow.hasNext()) {
        TokenizedText chunk = ofRow.next();
        owners = chunks.size() < owners.length ? owners : Arrays.copyOf(owners, 2 * owners.length);
        owners[chunks.size()] = row;
        chunks.add(chunk);
        tokens += chunk.ids().length;
        if (tokens >= bundleTokens) {
          nanos += System.nanoTime() - start;
          bundle.score(chunks.toArray(new TokenizedText[0]), owners);
          chunks.clear();
          tokens = 0;
          start = System.nanoTime();
        }
      }
      nanos += System.nanoTime() - start;
    }
    bundle.score(chunks.toArray(new TokenizedText[0]), owners);
    return nanos;
  }
}
