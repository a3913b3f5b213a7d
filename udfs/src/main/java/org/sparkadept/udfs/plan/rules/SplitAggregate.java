package org.sparkadept.udfs.plan.rules;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.sparkadept.udfs.plan.logical.ArrowCall;
import org.sparkadept.udfs.plan.logical.ScalaLists;
import scala.Function1;
import scala.Option;

/**
 * Splits an aggregate from the calls on its results: {@code SELECT f(max(x)) …} is the aggregate
 * {@code max(x)}, and then {@code f}. Calls within aggregate functions or in {@code GROUP BY} stay.
 */
final class SplitAggregate {
  private final List<Expression> groupings;
  private final List<NamedExpression> results = new ArrayList<>();

  private SplitAggregate(Aggregate aggregate) {
    groupings = ScalaLists.list(aggregate.groupingExpressions());
  }

  /** The aggregate unchanged, or a projection with the calls over one without them. */
  static LogicalPlan apply(Aggregate aggregate) {
    SplitAggregate split = new SplitAggregate(aggregate);
    List<NamedExpression> columns = new ArrayList<>();
    for (NamedExpression column :
        ScalaLists.<NamedExpression>list(aggregate.aggregateExpressions())) {
      columns.add(split.column(column));
    }
    if (columns.stream().noneMatch(column -> ArrowCall.isIn((Expression) column))) {
      return aggregate;
    }
    Aggregate below =
        aggregate.copy(
            aggregate.groupingExpressions(),
            ScalaLists.seq(split.results),
            aggregate.child(),
            aggregate.hint());
    return new Project(ScalaLists.seq(columns), below);
  }

  private NamedExpression column(NamedExpression column) {
    if (callsOnResults((Expression) column)) {
      return (NamedExpression) onResults((Expression) column);
    }
    results.add(column);
    return column.toAttribute();
  }

  private boolean callsOnResults(Expression expression) {
    if (isResult(expression)) {
      return false;
    }
    return expression instanceof ArrowCall
        || ScalaLists.<Expression>list(expression.children()).stream()
            .anyMatch(this::callsOnResults);
  }

  private boolean isResult(Expression expression) {
    return expression instanceof AggregateExpression
        || groupings.stream().anyMatch(expression::semanticEquals);
  }

  /** An expression with columns of the aggregate in place of what the aggregate computes. */
  private Expression onResults(Expression expression) {
    if (isResult(expression)) {
      return (Expression) result(expression);
    }
    Function1<Expression, Expression> below = this::onResults;
    return expression.mapChildren(below);
  }

  private Attribute result(Expression expression) {
    NamedExpression result =
        expression instanceof Attribute attribute
            ? attribute
            : new Alias(
                expression,
                expression.sql(),
                NamedExpression.newExprId(),
                ScalaLists.<String>seq(List.of()),
                Option.empty(),
                ScalaLists.<String>seq(List.of()));
    results.add(result);
    return result.toAttribute();
  }
}
