package org.sparkadept.udfs.plan.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.EvalMode;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.expressions.SubExprUtils;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.NullType;
import org.sparkadept.udfs.plan.logical.AnalysisErrors;
import org.sparkadept.udfs.plan.logical.ArrowCall;
import org.sparkadept.udfs.plan.logical.ArrowEval;
import org.sparkadept.udfs.plan.logical.ScalaLists;
import scala.Function1;
import scala.Option;

/** The columns that hold the results of an operator's calls, in the plans that it reads. */
final class CallColumns {
  private final Map<Expression, Attribute> columns = new HashMap<>();

  /** Whether no call has a column. */
  boolean isEmpty() {
    return columns.isEmpty();
  }

  /** An expression with the columns in place of the calls that have one. */
  Expression replace(Expression expression) {
    if (expression instanceof ArrowCall call && columns.containsKey(call.canonicalized())) {
      return (Expression) columns.get(call.canonicalized());
    }
    Function1<Expression, Expression> below = this::replace;
    return expression.mapChildren(below);
  }

  /**
   * Gives a plan the columns of those calls that can be computed from it and that have none yet.
   *
   * @return the plan, with further columns in its output
   */
  LogicalPlan addTo(LogicalPlan plan, Collection<ArrowCall> calls) {
    LogicalPlan extended = plan;
    List<ArrowCall> further = new ArrayList<>();
    for (ArrowCall call : calls) {
      if (columns.containsKey(call.canonicalized())
          || !call.references().subsetOf(plan.outputSet())) {
        continue;
      }
      EarlierCalls.Found earlier = EarlierCalls.find(extended, call);
      if (earlier == null) {
        columns.put(call.canonicalized(), column(call));
        further.add(call);
      } else {
        columns.put(call.canonicalized(), earlier.column());
        extended = earlier.plan();
      }
    }
    return further.isEmpty() ? extended : evaluate(further, extended);
  }

  private static Attribute column(ArrowCall call) {
    return new AttributeReference(
        call.function().name(),
        call.dataType(),
        true,
        Metadata.empty(),
        NamedExpression.newExprId(),
        ScalaLists.<String>seq(List.of()));
  }

  /**
   * Evaluates calls on a plan's rows. Where the plan takes columns of the query around it, they are
   * evaluated below: Spark turns that part into a join, and accepts only its own operators there.
   */
  private LogicalPlan evaluate(List<ArrowCall> calls, LogicalPlan plan) {
    if (!SubExprUtils.hasOuterReferences(plan)) {
      return evaluateHere(calls, plan);
    }
    if (plan instanceof Filter || plan instanceof SubqueryAlias) {
      LogicalPlan below = evaluate(calls, ScalaLists.<LogicalPlan>list(plan.children()).get(0));
      return plan.withNewChildren(ScalaLists.one(below));
    }
    if (plan instanceof Project project
        && calls.stream()
            .allMatch(call -> call.references().subsetOf(project.child().outputSet()))) {
      List<NamedExpression> all = ScalaLists.list(project.projectList());
      calls.forEach(call -> all.add(columns.get(call.canonicalized())));
      return new Project(ScalaLists.seq(all), evaluate(calls, project.child()));
    }
    ArrowCall first = calls.get(0);
    throw AnalysisErrors.raise(
        AnalysisErrors.at(
            first,
            String.format(
                "A subquery that reads columns of the query around it calls %s after a join, "
                    + "an aggregate or another operator that Spark cannot take apart. Compute it in "
                    + "a subquery of its own first: … FROM (SELECT *, %s(…) AS result FROM table) …",
                first.sql(), first.function().name())));
  }

  private LogicalPlan evaluateHere(List<ArrowCall> calls, LogicalPlan plan) {
    List<NamedExpression> arguments = new ArrayList<>();
    List<Expression> evaluated = new ArrayList<>();
    List<Attribute> results = new ArrayList<>();
    for (ArrowCall call : calls) {
      evaluated.add(withColumns(call, arguments));
      results.add(columns.get(call.canonicalized()));
    }
    LogicalPlan below = plan;
    if (!arguments.isEmpty()) {
      List<NamedExpression> all = new ArrayList<>(ScalaLists.<Attribute>list(plan.output()));
      all.addAll(arguments);
      below = new Project(ScalaLists.seq(all), plan);
    }
    return new ArrowEval(ScalaLists.seq(evaluated), ScalaLists.seq(results), false, below);
  }

  /** The call with columns or constants as arguments; adds what must be computed for it. */
  private static ArrowCall withColumns(ArrowCall call, List<NamedExpression> computed) {
    List<DataType> types = call.inputTypes();
    List<Expression> arguments = new ArrayList<>();
    for (Expression argument : call.arguments()) {
      DataType type = types.get(arguments.size());
      Expression value =
          argument.dataType() instanceof NullType
              ? new Cast(argument, type, Option.empty(), EvalMode.LEGACY())
              : argument;
      if (!(value instanceof AttributeReference || value instanceof Literal)) {
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
      arguments.add(value);
    }
    return call.on(arguments);
  }
}
