package org.sparkadept.pipeline.outcome;

import com.esotericsoftware.kryo.DefaultSerializer;
import com.esotericsoftware.kryo.serializers.JavaSerializer;
import java.io.Serializable;
import java.util.List;

/**
 * Sums of a pass over labelled rows; their size does not depend on the number of rows. They hold
 * records, which Kryo cannot make, where it is {@code spark.serializer}.
 */
@DefaultSerializer(JavaSerializer.class)
public final class OutcomeSums implements Serializable {
  private static final long serialVersionUID = 1L;

  private final RowCounts counts = new RowCounts();
  private final ExitOutcomes[] outcomes;
  private final AnswerSums answers;

  OutcomeSums(OutcomePlan plan) {
    outcomes = new ExitOutcomes[plan.tracings().size()];
    for (int i = 0; i < outcomes.length; i++) {
      outcomes[i] = new ExitOutcomes(plan.candidates(), plan.exitLayers().length, plan.rule());
    }
    answers =
        plan.answers() == null
            ? null
            : new AnswerSums(
                plan.labels().size(),
                plan.rule().isMultiLabel(),
                plan.exitLayers(),
                plan.answers().policy().minScore());
  }

  /** Counts of the input's rows. */
  public RowCounts counts() {
    return counts;
  }

  /** Outcomes of every candidate, by tracing. */
  public List<ExitOutcomes> outcomes() {
    return List.of(outcomes);
  }

  /** Sums of the model's answers; null where the plan has no answers. */
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
