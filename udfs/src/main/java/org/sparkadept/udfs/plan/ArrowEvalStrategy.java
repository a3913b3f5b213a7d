package org.sparkadept.udfs.plan;

import java.util.List;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import scala.collection.immutable.Seq;

/** Plans {@link ArrowEval}. */
public final class ArrowEvalStrategy extends SparkStrategy {
  @Override
  public Seq<SparkPlan> apply(LogicalPlan plan) {
    if (plan instanceof ArrowEval eval) {
      return ScalaLists.<SparkPlan>one(ArrowEvalExec.of(eval, planLater(eval.child())));
    }
    return ScalaLists.<SparkPlan>seq(List.of());
  }
}
