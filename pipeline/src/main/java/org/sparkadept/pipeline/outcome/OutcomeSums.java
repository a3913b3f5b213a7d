package org.sparkadept.pipeline.outcome;

import java.io.Serializable;
import java.util.List;

/** What a pass over labelled rows adds up; the size does not depend on the rows. */
public final class OutcomeSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final RowCounts counts = new RowCounts();
  private final ExitOutcomes[] outcomes;
  private final AnswerSums answers;

  OutcomeSums(OutcomePlan plan) {
    outcomes = new ExitOutcomes[plan.tracings().size()];
    for (int i = 0; i < outcomes.length; i++) {
      outcomes[i] = new ExitOutcomes(plan.candidates(), plan.exitLayers().length);
    }
    answers =
        plan.answers() == null ? null : new AnswerSums(plan.labels().size(), plan.exitLayers());
  }

  /** What the rows of the input were. */
  public RowCounts counts() {
    return counts;
  }

  /** What every candidate would have made of the rows, by tracing. */
  public List<ExitOutcomes> outcomes() {
    return List.of(outcomes);
  }

  /** What the model answered; null where the plan had no answers. */
  public AnswerSums answers() {
    return answers;
  }

  /** Adds other sums of the same plan to these. */
  OutcomeSums plus(OutcomeSums other) {
    counts.add(other.counts);
    for (int i = 0; i < outcomes.length; i++) {
      outcomes[i].add(other.outcomes[i]);
    }
    if (answers != null) {
      answers.add(other.answers);
    }
    return this;
  }
}
