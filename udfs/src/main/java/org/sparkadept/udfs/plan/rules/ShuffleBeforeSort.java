package org.sparkadept.udfs.plan.rules;

import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.RepartitionByExpression;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.sparkadept.udfs.plan.logical.ArrowEval;
import org.sparkadept.udfs.plan.logical.ScalaLists;
import scala.Function1;
import scala.Option;

/**
 * Keeps the results of calls in a shuffle before a whole table is sorted: Spark reads the rows
 * twice for that, first at a sample, and would compute them twice. Where only the first rows are
 * wanted ({@code LIMIT}), it reads them once.
 */
public final class ShuffleBeforeSort extends Rule<LogicalPlan> {
  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    return apply(plan, false);
  }

  private static LogicalPlan apply(LogicalPlan plan, boolean limited) {
    LogicalPlan sorted = plan;
    if (plan instanceof Sort sort && sort.global() && !limited) {
      sorted = sort.withNewChildren(ScalaLists.one(shuffled(sort.child())));
    }
    boolean limit = plan instanceof LocalLimit || limited && plan instanceof Project;
    Function1<LogicalPlan, LogicalPlan> below = child -> apply(child, limit);
    return sorted.mapChildren(below);
  }

  private static LogicalPlan shuffled(LogicalPlan plan) {
    if (plan instanceof ArrowEval) {
      return new RepartitionByExpression(
          ScalaLists.<Expression>seq(List.of()), plan, Option.empty(), Option.empty());
    }
    if (plan instanceof Project || plan instanceof Filter) {
      LogicalPlan child = ScalaLists.<LogicalPlan>list(plan.children()).get(0);
      return plan.withNewChildren(ScalaLists.one(shuffled(child)));
    }
    return plan;
  }
}
