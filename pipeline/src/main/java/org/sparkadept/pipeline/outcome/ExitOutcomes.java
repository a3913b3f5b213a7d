package org.sparkadept.pipeline.outcome;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.sparkadept.decoder.exit.LabelRule;
import org.sparkadept.decoder.exit.PolicyKind;
import org.sparkadept.decoder.result.LabelSet;
import org.sparkadept.pipeline.report.data.ConfidenceBin;
import org.sparkadept.pipeline.report.data.FrontierPoint;

/**
 * Answers and cost of every candidate: a few numbers for each, summed over rows. Sums of parts add
 * up to the sum of the whole, so that rows are counted where they are.
 */
public final class ExitOutcomes implements Serializable {
  private static final long serialVersionUID = 1L;

  private final ArrayList<Candidate> candidates;
  private final HeadSums heads;
  private final long[] right;
  private final long[] agreeing;
  private final long[] lost;
  private final long[] flops;
  private final long[] layers;
  private final Bins[] bins;
  private long rows;
  private long fullDepthRight;
  private long fullDepthFlops;
  private transient Candidate.Exits[] exits;

  /**
   * @param candidates policies and thresholds that are tried
   * @param exits number of exits of the model
   * @param rule how its logits become an answer
   */
  public ExitOutcomes(List<Candidate> candidates, int exits, LabelRule rule) {
    this.candidates = new ArrayList<>(candidates);
    int count = candidates.size();
    heads = new HeadSums(exits, rule);
    right = new long[count];
    agreeing = new long[count];
    lost = new long[count];
    flops = new long[count];
    layers = new long[count];
    bins = new Bins[count];
    for (int i = 0; i < count; i++) {
      bins[i] = new Bins();
    }
  }

  /**
   * Adds a row.
   *
   * @param trace read-outs of its exits
   * @param fullDepth full depth's labels
   * @param truth the true labels; with -1 for one that the model does not have
   */
  public void add(RowTrace trace, LabelSet fullDepth, LabelSet truth) {
    if (exits == null) {
      exits =
          candidates.stream()
              .map(candidate -> candidate.exits(trace.exits()))
              .toArray(Candidate.Exits[]::new);
    }
    rows++;
    boolean deepRight = fullDepth.equals(truth);
    fullDepthRight += deepRight ? 1 : 0;
    fullDepthFlops += trace.fullDepthFlops();
    heads.add(trace, fullDepth, truth);
    for (int i = 0; i < exits.length; i++) {
      RowTrace.Answer answer = trace.answer(exits[i]::of);
      boolean isRight = answer.labels().equals(truth);
      right[i] += isRight ? 1 : 0;
      agreeing[i] += answer.labels().equals(fullDepth) ? 1 : 0;
      lost[i] += deepRight && !isRight ? 1 : 0;
      flops[i] += answer.flops();
      layers[i] += answer.layer();
      bins[i].add(answer.labels(), answer.scores(), truth);
    }
  }

  /** Adds the rows of other outcomes of the same candidates. */
  void add(ExitOutcomes other) {
    rows += other.rows;
    fullDepthRight += other.fullDepthRight;
    fullDepthFlops += other.fullDepthFlops;
    heads.add(other.heads);
    for (int i = 0; i < right.length; i++) {
      right[i] += other.right[i];
      agreeing[i] += other.agreeing[i];
      lost[i] += other.lost[i];
      flops[i] += other.flops[i];
      layers[i] += other.layers[i];
      bins[i].add(other.bins[i]);
    }
  }

  /** Number of rows. */
  public long rows() {
    return rows;
  }

  /** Indices of the candidates of a policy, in their order. */
  public int[] candidatesOf(PolicyKind policy) {
    return IntStream.range(0, candidates.size())
        .filter(i -> candidates.get(i).policy() == policy)
        .toArray();
  }

  /** A candidate. */
  public Candidate candidate(int candidate) {
    return candidates.get(candidate);
  }

  /** Figures of the exit heads. */
  public HeadSums heads() {
    return heads;
  }

  /** Rows for which a candidate's answer is not full depth's. */
  public long disagreeing(int candidate) {
    return rows - agreeing[candidate];
  }

  /** Rows that full depth answers rightly and a candidate wrongly. */
  public long lost(int candidate) {
    return lost[candidate];
  }

  /** Share of rows with the right answer at full depth. */
  public double fullDepthAccuracy() {
    return (double) fullDepthRight / rows;
  }

  /** FLOPs of a candidate as a share of full depth's. */
  public double compute(int candidate) {
    return (double) flops[candidate] / fullDepthFlops;
  }

  /** Probabilities of a candidate's answers, and how often these are right. */
  public List<ConfidenceBin> bins(int candidate) {
    return bins[candidate].bins();
  }

  /** A candidate as a point of a report. */
  public FrontierPoint point(int candidate) {
    return new FrontierPoint(
        candidates.get(candidate).policy().toString(),
        candidates.get(candidate).shownThreshold(),
        compute(candidate),
        (double) right[candidate] / rows,
        (double) agreeing[candidate] / rows,
        (double) layers[candidate] / rows);
  }

  /** All candidates as points of a report. */
  public List<FrontierPoint> points() {
    return IntStream.range(0, candidates.size()).mapToObj(this::point).toList();
  }
}
