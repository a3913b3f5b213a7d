package org.sparkadept.udfs.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.EvalMode;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.NullType;
import scala.Function1;
import scala.Option;
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
  private LogicalPlan extract(LogicalPlan plan) {
    Map<Expression, ArrowCall> calls = new LinkedHashMap<>();
    for (Expression expression : ScalaLists.list(plan.expressions())) {
      collectInnermost(expression, calls);
    }
    if (calls.isEmpty()) {
      return plan;
    }
    Map<Expression, Attribute> results = new HashMap<>();
    List<LogicalPlan> children = new ArrayList<>();
    for (LogicalPlan child : ScalaLists.<LogicalPlan>list(plan.children())) {
      children.add(withCalls(child, calls, results));
    }
    if (results.isEmpty()) {
      return plan; // CheckArrowCalls has told the user, or Spark will
    }
    Function1<Expression, Expression> replacing = expression -> replace(expression, results);
    LogicalPlan rewritten = plan.withNewChildren(ScalaLists.seq(children));
    rewritten = extract(rewritten.mapExpressions(replacing));
    return rewritten.output().equals(plan.output()) ? rewritten : project(plan.output(), rewritten);
  }

  /** A child with the columns of those calls that can be computed from it. */
  private static LogicalPlan withCalls(
      LogicalPlan child, Map<Expression, ArrowCall> calls, Map<Expression, Attribute> results) {
    List<NamedExpression> arguments = new ArrayList<>();
    List<Expression> here = new ArrayList<>();
    List<Attribute> columns = new ArrayList<>();
    for (Map.Entry<Expression, ArrowCall> entry : calls.entrySet()) {
      ArrowCall call = entry.getValue();
      if (results.containsKey(entry.getKey()) || !call.references().subsetOf(child.outputSet())) {
        continue;
      }
      here.add(withColumns(call, arguments));
      Attribute column =
          new AttributeReference(
              call.function().name(),
              call.dataType(),
              true,
              Metadata.empty(),
              NamedExpression.newExprId(),
              ScalaLists.<String>seq(List.of()));
      columns.add(column);
      results.put(entry.getKey(), column);
    }
    if (here.isEmpty()) {
      return child;
    }
    LogicalPlan below = child;
    if (!arguments.isEmpty()) {
      List<NamedExpression> all = new ArrayList<>(ScalaLists.<Attribute>list(child.output()));
      all.addAll(arguments);
      below = new Project(ScalaLists.seq(all), child);
    }
    return new ArrowEval(ScalaLists.seq(here), ScalaLists.seq(columns), below);
  }

  /** The call with columns as arguments; adds those that must be computed for it. */
  private static ArrowCall withColumns(ArrowCall call, List<NamedExpression> computed) {
    List<DataType> types = ArrowTypes.inputTypes(call.function());
    List<Expression> columns = new ArrayList<>();
    for (Expression argument : call.arguments()) {
      DataType type = types.get(columns.size());
      Expression value =
          argument.dataType() instanceof NullType
              ? new Cast(argument, type, Option.empty(), EvalMode.LEGACY())
              : argument;
      if (!(value instanceof AttributeReference)) {
        Alias alias =
            new Alias(
                value,
                call.function().name() + "_argument",
                NamedExpression.newExprId(),
                ScalaLists.<String>seq(List.of()),
                Option.empty(),
                ScalaLists.<String>seq(List.of()));
        computed.add(alias);
        value = alias.toAttribute();
      }
      columns.add(value);
    }
    return new ArrowCall(call.function(), ScalaLists.seq(columns));
  }

  private static LogicalPlan project(Seq<Attribute> columns, LogicalPlan plan) {
    return new Project(ScalaLists.<NamedExpression>seq(ScalaLists.<Attribute>list(columns)), plan);
  }

  private static void collectInnermost(Expression expression, Map<Expression, ArrowCall> calls) {
    if (expression instanceof ArrowCall call && !containsCall(call.arguments())) {
      calls.putIfAbsent(call.canonicalized(), call);
      return;
    }
    for (Expression child : ScalaLists.<Expression>list(expression.children())) {
      collectInnermost(child, calls);
    }
  }

  private static boolean containsCall(List<Expression> expressions) {
    for (Expression expression : expressions) {
      if (expression instanceof ArrowCall
          || containsCall(ScalaLists.<Expression>list(expression.children()))) {
        return true;
      }
    }
    return false;
  }

  private static Expression replace(Expression expression, Map<Expression, Attribute> results) {
    if (expression instanceof ArrowCall call && results.containsKey(call.canonicalized())) {
      return (Expression) results.get(call.canonicalized());
    }
    Function1<Expression, Expression> below = child -> replace(child, results);
    return expression.mapChildren(below);
  }
}
