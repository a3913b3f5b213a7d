package org.sparkadept.udfs.plan.rules;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.rules.Rule;
import org.sparkadept.udfs.plan.logical.ArrowEval;
import org.sparkadept.udfs.plan.logical.ScalaLists;
import scala.Function1;

/**
 * Does for {@link ArrowEval} what Spark's optimizer does for its own operators: pushes filters and
 * limits below the calls, and drops unused calls and columns.
 */
public final class OptimizeArrowEval extends Rule<LogicalPlan> {
  @Override
  public LogicalPlan apply(LogicalPlan plan) {
    Function1<LogicalPlan, LogicalPlan> below = this::apply;
    return optimize(plan).mapChildren(below);
  }

  private static LogicalPlan optimize(LogicalPlan plan) {
    if (plan instanceof Filter filter && filter.child() instanceof ArrowEval eval) {
      return pushFilter(filter, eval);
    }
    if (plan instanceof LocalLimit limit) {
      return limit.withNewChildren(ScalaLists.one(limited(limit.child(), limit.limitExpr())));
    }
    if (plan instanceof Project project && project.child() instanceof ArrowEval eval) {
      return prune(plan, eval);
    }
    if (plan instanceof Aggregate aggregate && aggregate.child() instanceof ArrowEval eval) {
      return prune(plan, eval);
    }
    return plan;
  }

  /** The child of a limit, with the limit pushed below its calls. */
  private static LogicalPlan limited(LogicalPlan plan, Expression limit) {
    if (plan instanceof Project project && project.deterministic()) {
      return project.withNewChildren(ScalaLists.one(limited(project.child(), limit)));
    }
    if (plan instanceof ArrowEval eval && !(eval.child() instanceof LocalLimit)) {
      return eval.over(new LocalLimit(limit, eval.child()));
    }
    return plan;
  }

  /** Conditions on the child's columns go below, up to the first that is not deterministic. */
  private static LogicalPlan pushFilter(Filter filter, ArrowEval eval) {
    List<Expression> down = new ArrayList<>();
    List<Expression> stay = new ArrayList<>();
    boolean deterministic = true;
    for (Expression condition : conjuncts(filter.condition(), new ArrayList<>())) {
      deterministic &= condition.deterministic();
      boolean below = condition.references().subsetOf(eval.child().outputSet());
      (deterministic && below ? down : stay).add(condition);
    }
    if (down.isEmpty()) {
      return filter;
    }
    LogicalPlan pushed = eval.over(new Filter(and(down), eval.child()));
    return stay.isEmpty() ? pushed : new Filter(and(stay), pushed);
  }

  private static List<Expression> conjuncts(Expression condition, List<Expression> found) {
    if (condition instanceof And and) {
      conjuncts(and.left(), found);
      conjuncts(and.right(), found);
    } else {
      found.add(condition);
    }
    return found;
  }

  private static Expression and(List<Expression> conditions) {
    return conditions.stream().reduce(And::new).orElseThrow();
  }

  /** Drops calls whose result the parent does not read, and then unused columns. */
  private static LogicalPlan prune(LogicalPlan user, ArrowEval eval) {
    AttributeSet read = user.references();
    List<Expression> calls = new ArrayList<>();
    List<Attribute> results = new ArrayList<>();
    for (int i = 0; i < eval.calls().size(); i++) {
      if (read.contains((NamedExpression) eval.results().get(i))) {
        calls.add(eval.calls().get(i));
        results.add(eval.results().get(i));
      }
    }
    if (calls.isEmpty()) {
      return user.withNewChildren(ScalaLists.one(eval.child()));
    }
    AttributeSet needed = read;
    for (Expression call : calls) {
      needed = needed.$plus$plus(call.references());
    }
    List<NamedExpression> columns = new ArrayList<>();
    for (Attribute column : ScalaLists.<Attribute>list(eval.child().output())) {
      if (needed.contains((NamedExpression) column)) {
        columns.add(column);
      }
    }
    boolean allCalls = calls.size() == eval.calls().size();
    boolean allColumns = columns.size() == eval.child().output().size();
    if (allCalls && allColumns) {
      return user;
    }
    LogicalPlan below =
        allColumns ? eval.child() : new Project(ScalaLists.seq(columns), eval.child());
    return user.withNewChildren(ScalaLists.<LogicalPlan>one(eval.over(below, results)));
  }
}
