package org.sparkadept.pipeline.outcome;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.prompt.LongRows;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.decoder.result.LabelSet;
import org.sparkadept.pipeline.progress.RowCounter;
import org.sparkadept.pipeline.table.LabelIndex;
import org.sparkadept.pipeline.table.TextsAndLabels;
import org.sparkadept.udfs.conf.ScoringOptions;
import org.sparkadept.udfs.sharing.LocalModels;
import org.sparkadept.udfs.sharing.ModelLease;

/**
 * The pass over labelled rows, as {@link TextsAndLabels} prepares them: each partition into one
 * {@link OutcomeSums}, which Spark adds up pair by pair.
 */
public final class OutcomePass implements FlatMapFunction<Iterator<Row>, OutcomeSums> {
  private static final long serialVersionUID = 1L;

  /** Enough for full depth, and few enough for progress to be shown often. */
  private static final int MAX_ROWS = 1024;

  private static final String NOT_SCORED = "it cannot be scored at every exit";

  private final OutcomePlan plan;
  private final ScoringOptions bounds;
  private final RowCounter progress;

  private OutcomePass(OutcomePlan plan, ScoringOptions bounds, RowCounter progress) {
    this.plan = plan;
    this.bounds = bounds;
    this.progress = progress;
  }

  /**
   * Runs the pass.
   *
   * @param rows texts and labels; rows that lack one of the two, or cannot be scored, are counted
   *     and left out
   * @param bounds most rows and bytes of a batch; a pass takes at most 1,024 rows at once
   * @param progress counts the rows
   */
  public static OutcomeSums over(
      Dataset<Row> rows, OutcomePlan plan, ScoringOptions bounds, RowCounter progress) {
    return rows.javaRDD()
        .mapPartitions(new OutcomePass(plan, bounds, progress))
        .treeAggregate(new OutcomeSums(plan), OutcomeSums::plus, OutcomeSums::plus);
  }

  @Override
  public Iterator<OutcomeSums> call(Iterator<Row> rows) {
    OutcomeSums sums = new OutcomeSums(plan);
    if (rows.hasNext()) {
      try (Run run = new Run(sums)) {
        run.add(rows);
      }
    }
    return List.of(sums).iterator();
  }

  /** Rows with a text and a label, until there are enough for a call of the classifier. */
  private final class Batch {
    private final List<byte[]> texts = new ArrayList<>();
    private final List<Row> rows = new ArrayList<>();
    private long bytes;

    private void add(byte[] text, Row row) {
      texts.add(text);
      rows.add(row);
      bytes += text.length;
    }

    private boolean isFull() {
      return texts.size() >= Math.min(bounds.batchRows(), MAX_ROWS) || bytes >= bounds.batchBytes();
    }

    private void clear() {
      texts.clear();
      rows.clear();
      bytes = 0;
    }
  }

  private final class Run implements AutoCloseable {
    private final OutcomeSums sums;
    private final ModelLease lease;
    private final List<Classifier> tracings = new ArrayList<>();
    private final LabelIndex labels = new LabelIndex(plan.labels());
    private Classifier answering;
    private Classifier fullDepth;

    private Run(OutcomeSums sums) {
      this.sums = sums;
      lease = LocalModels.borrow(plan.model(), plan.compute());
      try {
        for (ClassifierOptions tracing : plan.tracings()) {
          tracings.add(lease.model().classifier(tracing));
        }
        OutcomePlan.Answers answers = plan.answers();
        if (answers != null) {
          fullDepth = lease.model().classifier(answers.fullDepth());
          answering =
              answers.policy().equals(answers.fullDepth())
                  ? fullDepth
                  : lease.model().classifier(answers.policy());
        }
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }

    @Override
    public void close() {
      lease.close();
    }

    private void add(Iterator<Row> rows) {
      Batch batch = new Batch();
      while (rows.hasNext()) {
        Row row = rows.next();
        if (!TextsAndLabels.hasLabel(row)) {
          sums.counts().noLabel();
        } else if (row.isNullAt(TextsAndLabels.TEXT)) {
          sums.counts().nullText();
        } else {
          batch.add(row.getAs(TextsAndLabels.TEXT), row);
          if (batch.isFull()) {
            add(batch);
          }
        }
      }
      add(batch);
    }

    private void add(Batch batch) {
      byte[][] texts = batch.texts.toArray(new byte[0][]);
      Classifications deep = fullDepth == null ? null : fullDepth.classify(texts);
      Classifications answers = answering == fullDepth ? deep : answering.classify(texts);
      RowTrace[][] traces = new RowTrace[tracings.size()][];
      for (int i = 0; i < traces.length; i++) {
        traces[i] = traces(tracings.get(i), texts);
      }
      for (int row = 0; row < texts.length; row++) {
        String error = error(answers, deep, row);
        if (error != null || !isTraced(traces, row)) {
          sums.counts().error(error == null ? NOT_SCORED : error);
        } else {
          add(batch.rows.get(row), row, answers, deep, traces);
        }
      }
      if (answers != null) {
        sums.answers().addCost(answers.statistics(), deep.statistics());
      }
      progress.add(texts.length);
      batch.clear();
    }

    /** The traces of rows; null where one cannot be scored. */
    private RowTrace[] traces(Classifier tracing, byte[][] texts) {
      LongRows longRows = tracing.options().longRows();
      ExitTrace[][] found = tracing.traceChunks(texts, plan.losses() || longRows.inChunks());
      RowTrace[] traces = new RowTrace[found.length];
      for (int row = 0; row < found.length; row++) {
        traces[row] = found[row] == null ? null : new RowTrace(found[row], longRows.merge());
      }
      return traces;
    }

    private void add(
        Row source, int row, Classifications answers, Classifications deep, RowTrace[][] traces) {
      LabelSet truth = labels.of(source, TextsAndLabels.LABEL);
      if (truth.contains(-1)) {
        sums.counts().unknownLabels(labels.unknown(source, TextsAndLabels.LABEL));
      }
      sums.counts().scored(answers != null && answers.truncated(row));
      LabelSet fullDepth = deep == null ? last(traces[0][row]) : deep.labels(row);
      for (int i = 0; i < traces.length; i++) {
        sums.outcomes().get(i).add(traces[i][row], fullDepth, truth);
      }
      if (answers != null) {
        sums.answers().add(answers, row, fullDepth, truth);
      }
    }
  }

  private static String error(Classifications answers, Classifications deep, int row) {
    if (answers == null || (answers.scored(row) && deep.scored(row))) {
      return null;
    }
    return answers.error(row) == null ? deep.error(row) : answers.error(row);
  }

  private static boolean isTraced(RowTrace[][] traces, int row) {
    for (RowTrace[] tracing : traces) {
      if (tracing[row] == null || !tracing[row].finite()) {
        return false;
      }
    }
    return true;
  }

  private static LabelSet last(RowTrace trace) {
    return trace.at(trace.exits() - 1).labels();
  }
}
