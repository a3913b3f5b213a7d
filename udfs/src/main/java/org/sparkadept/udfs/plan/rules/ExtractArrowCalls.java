package org.sparkadept.udfs.plan.rules;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.WithCTE;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.sparkadept.udfs.plan.logical.ArrowCall;
import org.sparkadept.udfs.plan.logical.ArrowEval;
import org.sparkadept.udfs.plan.logical.ScalaLists;
import scala.Function1;
import scala.collection.immutable.Seq;

/**
 * Moves the calls of every operator into an {@link ArrowEval} below it, so that each is evaluated
 * once for a row, however often its result is used. Runs right after the analysis, before the
 * optimizer could double a call.
 */
public final class ExtractArrowCalls extends Rule<LogicalPlan> {
  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    Function1<LogicalPlan, LogicalPlan> below = this::apply;
    if (plan instanceof ArrowEval) {
      return plan.mapChildren(below);
    }
    Function1<Expression, Expression> inSubqueries = this::inSubqueries;
    LogicalPlan mapped = plan.mapChildren(below).mapExpressions(inSubqueries);
    if (mapped instanceof WithCTE with) {
      return CommonTables.evaluatedOnce(with);
    }
    if (mapped instanceof Aggregate aggregate) {
      LogicalPlan split = SplitAggregate.apply(aggregate);
      if (split != aggregate) {
        Function1<LogicalPlan, LogicalPlan> extract = ExtractArrowCalls::extract;
        mapped = split.mapChildren(extract);
      }
    }
    return extract(mapped);
  }

  private Expression inSubqueries(Expression expression) {
    Function1<Expression, Expression> below = this::inSubqueries;
    Expression mapped = expression.mapChildren(below);
    if (mapped instanceof SubqueryExpression subquery) {
      return subquery.withNewPlan(apply(subquery.plan()));
    }
    return mapped;
  }

  /** The plan with its own calls below it; calls within calls go below those. */
  private static LogicalPlan extract(LogicalPlan plan) {
    Map<Expression, ArrowCall> calls = new LinkedHashMap<>();
    for (Expression expression : ScalaLists.list(plan.expressions())) {
      ArrowCall.collectInnermost(expression, calls);
    }
    if (calls.isEmpty()) {
      return plan;
    }
    CallColumns columns = new CallColumns();
    List<LogicalPlan> children = new ArrayList<>();
    for (LogicalPlan child : ScalaLists.<LogicalPlan>list(plan.children())) {
      children.add(columns.addTo(child, calls.values()));
    }
    if (columns.isEmpty()) {
      return plan; // CheckArrowCalls has reported it, or Spark will
    }
    Function1<Expression, Expression> replacing = columns::replace;
    LogicalPlan rewritten = plan.withNewChildren(ScalaLists.seq(children));
    rewritten = extract(rewritten.mapExpressions(replacing));
    return rewritten.output().equals(plan.output()) ? rewritten : project(plan.output(), rewritten);
  }

  private static LogicalPlan project(Seq<Attribute> columns, LogicalPlan plan) {
    return new Project(ScalaLists.<NamedExpression>seq(ScalaLists.<Attribute>list(columns)), plan);
  }
}
