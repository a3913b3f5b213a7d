package org.sparkadept.udfs.plan.rules;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.JoinType;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Generate;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.Join;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Offset;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.Repartition;
import org.apache.spark.sql.catalyst.plans.logical.RepartitionByExpression;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.catalyst.plans.logical.Window;
import org.sparkadept.udfs.plan.logical.ArrowCall;
import org.sparkadept.udfs.plan.logical.ArrowEval;
import org.sparkadept.udfs.plan.logical.ScalaLists;

/**
 * Finds a call that is evaluated further down in a plan already, as in {@code SELECT f(x) … WHERE
 * f(x) > 0}, so that its result is reused.
 */
final class EarlierCalls {
  /** Operators that pass on the rows and columns of their child unchanged. */
  private static final List<Class<? extends LogicalPlan>> PASSING_ON =
      List.of(
          Filter.class,
          Sort.class,
          LocalLimit.class,
          GlobalLimit.class,
          Offset.class,
          Repartition.class,
          RepartitionByExpression.class,
          SubqueryAlias.class,
          Window.class,
          Generate.class);

  private EarlierCalls() {}

  /**
   * A plan in which a call has its column.
   *
   * @param plan the given plan, with the column among its output
   * @param column the result of the call
   */
  record Found(LogicalPlan plan, Attribute column) {}

  /**
   * @return null where the call was not evaluated further down, or its column cannot be passed up
   */
  static Found find(LogicalPlan plan, ArrowCall call) {
    return call.deterministic() ? search(plan, call) : null;
  }

  private static Found search(LogicalPlan plan, ArrowCall call) {
    if (plan instanceof ArrowEval eval) {
      int index = index(eval, call);
      return index < 0 ? through(plan, 0, call) : new Found(plan, eval.results().get(index));
    }
    if (plan instanceof Project project) {
      return throughProject(project, call);
    }
    if (plan instanceof Join join) {
      return throughJoin(join, call);
    }
    return PASSING_ON.contains(plan.getClass()) ? through(plan, 0, call) : null;
  }

  private static int index(ArrowEval eval, ArrowCall call) {
    for (int i = 0; i < eval.calls().size(); i++) {
      if (asWritten(eval, eval.calls().get(i)).canonicalized().equals(call.canonicalized())) {
        return i;
      }
    }
    return -1;
  }

  /** A call with the arguments that it had before {@link CallColumns} made columns of them. */
  private static ArrowCall asWritten(ArrowEval eval, ArrowCall call) {
    if (!(eval.child() instanceof Project project)) {
      return call;
    }
    List<Expression> arguments = new ArrayList<>(call.arguments());
    for (NamedExpression column : ScalaLists.<NamedExpression>list(project.projectList())) {
      if (column instanceof Alias alias) {
        arguments.replaceAll(
            each -> alias.toAttribute().semanticEquals(each) ? alias.child() : each);
      }
    }
    return call.on(arguments);
  }

  private static Found through(LogicalPlan plan, int child, ArrowCall call) {
    List<LogicalPlan> children = ScalaLists.<LogicalPlan>list(plan.children());
    Found below = search(children.get(child), call);
    if (below == null) {
      return null;
    }
    children.set(child, below.plan());
    LogicalPlan passing = plan.withNewChildren(ScalaLists.seq(children));
    boolean passedOn = passing.outputSet().contains((NamedExpression) below.column());
    return passedOn ? new Found(passing, below.column()) : null;
  }

  private static Found throughProject(Project project, ArrowCall call) {
    Found below = search(project.child(), call);
    if (below == null || project.outputSet().contains((NamedExpression) below.column())) {
      return below == null ? null : through(project, 0, call);
    }
    List<NamedExpression> columns = ScalaLists.list(project.projectList());
    columns.add(below.column());
    return new Found(new Project(ScalaLists.seq(columns), below.plan()), below.column());
  }

  /** Only from a side whose rows a join does not fill up with NULLs. */
  private static Found throughJoin(Join join, ArrowCall call) {
    Found found = null;
    if (keeps(join.joinType(), "Inner", "Cross", "LeftOuter", "LeftSemi", "LeftAnti")) {
      found = through(join, 0, call);
    }
    if (found == null && keeps(join.joinType(), "Inner", "Cross", "RightOuter")) {
      found = through(join, 1, call);
    }
    return found;
  }

  private static boolean keeps(JoinType type, String... names) {
    return List.of(names).contains(type.toString());
  }
}
