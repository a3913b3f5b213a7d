package org.sparkadept.pipeline.outcome;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.pipeline.progress.RowCounter;
import org.sparkadept.pipeline.table.TextsAndLabels;
import org.sparkadept.udfs.classify.DecoderLease;
import org.sparkadept.udfs.classify.SharedDecoders;

/** One partition's rows, as {@link TextsAndLabels} prepares them, into one {@link OutcomeSums}. */
final class OutcomeTask implements FlatMapFunction<Iterator<Row>, OutcomeSums> {
  private static final long serialVersionUID = 1L;
  private static final String NOT_SCORED = "it cannot be scored at every exit";

  private final OutcomePlan plan;
  private final BatchBounds bounds;
  private final RowCounter progress;

  OutcomeTask(OutcomePlan plan, BatchBounds bounds, RowCounter progress) {
    this.plan = plan;
    this.bounds = bounds;
    this.progress = progress;
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

  private final class Run implements AutoCloseable {
    private final OutcomeSums sums;
    private final List<DecoderLease> leases = new ArrayList<>();
    private final List<Decoder> tracings = new ArrayList<>();
    private final Map<String, Integer> labels = new HashMap<>();
    private Decoder asked;
    private Decoder fullDepth;

    private Run(OutcomeSums sums) {
      this.sums = sums;
      for (String label : plan.labels()) {
        labels.put(label, labels.size());
      }
      try {
        for (DecoderOptions tracing : plan.tracings()) {
          tracings.add(decoder(tracing));
        }
        if (plan.answers() != null) {
          asked = decoder(plan.answers().asked());
          fullDepth = decoder(plan.answers().fullDepth());
        }
      } catch (RuntimeException e) {
        close();
        throw e;
      }
    }

    private Decoder decoder(DecoderOptions options) {
      DecoderLease lease = SharedDecoders.acquire(plan.model(), options);
      leases.add(lease);
      return lease.decoder();
    }

    @Override
    public void close() {
      leases.forEach(DecoderLease::close);
    }

    private void add(Iterator<Row> rows) {
      LabelledBatch batch = new LabelledBatch(bounds);
      while (rows.hasNext()) {
        Row row = rows.next();
        if (row.isNullAt(TextsAndLabels.LABEL)) {
          sums.counts().nullLabel();
        } else if (row.isNullAt(TextsAndLabels.TEXT)) {
          sums.counts().nullText();
        } else {
          batch.add(row.getAs(TextsAndLabels.TEXT), row.getString(TextsAndLabels.LABEL));
          if (batch.full()) {
            add(batch);
          }
        }
      }
      add(batch);
    }

    private void add(LabelledBatch batch) {
      byte[][] texts = batch.texts();
      Classifications deep = fullDepth == null ? null : fullDepth.classify(texts);
      Classifications answers = asked == fullDepth ? deep : asked.classify(texts);
      ExitTrace[][] traces = new ExitTrace[tracings.size()][];
      for (int i = 0; i < traces.length; i++) {
        traces[i] = tracings.get(i).trace(texts, plan.losses());
      }
      for (int row = 0; row < texts.length; row++) {
        String error = error(answers, deep, row);
        if (error != null || !isTraced(traces, row)) {
          sums.counts().error(error == null ? NOT_SCORED : error);
        } else {
          add(batch.label(row), row, answers, deep, traces);
        }
      }
      if (answers != null) {
        sums.answers().addCost(answers.statistics(), deep.statistics());
      }
      progress.add(texts.length);
      batch.clear();
    }

    private void add(
        String label,
        int row,
        Classifications answers,
        Classifications deep,
        ExitTrace[][] traces) {
      int truth = labels.getOrDefault(label, -1);
      if (truth < 0) {
        sums.counts().unknownLabel(label);
      }
      sums.counts().scored(answers != null && answers.truncated(row));
      int fullDepth = deep == null ? last(traces[0][row]) : deep.labelIndex(row);
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

  private static boolean isTraced(ExitTrace[][] traces, int row) {
    for (ExitTrace[] tracing : traces) {
      if (tracing[row] == null || !tracing[row].finite()) {
        return false;
      }
    }
    return true;
  }

  private static int last(ExitTrace trace) {
    return trace.readouts()[trace.exits() - 1].label();
  }
}
