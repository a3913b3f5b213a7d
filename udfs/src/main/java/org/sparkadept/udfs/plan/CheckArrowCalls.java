package org.sparkadept.udfs.plan;

import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.OuterReference;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.sparkadept.decoder.AdeptException;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/** Says at analysis which calls cannot be evaluated where they stand. */
public final class CheckArrowCalls extends AbstractFunction1<LogicalPlan, BoxedUnit> {
  /**
   * @throws AdeptException if a call needs columns of both sides of a join, or of the query around
   *     its subquery
   */
  @Override
  public BoxedUnit apply(LogicalPlan plan) {
    check(plan);
    return BoxedUnit.UNIT;
  }

  private static void check(LogicalPlan plan) {
    List<LogicalPlan> children = ScalaLists.<LogicalPlan>list(plan.children());
    for (Expression expression : ScalaLists.<Expression>list(plan.expressions())) {
      check(expression, children);
    }
    children.forEach(CheckArrowCalls::check);
  }

  private static void check(Expression expression, List<LogicalPlan> children) {
    if (expression instanceof SubqueryExpression subquery) {
      check(subquery.plan());
    }
    if (expression instanceof ArrowCall call) {
      checkOuterReferences(call, call);
      checkOneSide(call, children);
    }
    for (Expression child : ScalaLists.<Expression>list(expression.children())) {
      check(child, children);
    }
  }

  private static void checkOneSide(ArrowCall call, List<LogicalPlan> children) {
    for (LogicalPlan child : children) {
      if (call.references().subsetOf(child.outputSet())) {
        return;
      }
    }
    throw new AdeptException(
        "The join condition calls "
            + call.sql()
            + ", which reads both sides of the join. Join first, then compute it: SELECT … FROM"
            + " (SELECT *, "
            + call.function().name()
            + "(…) AS result FROM a JOIN b …) WHERE …");
  }

  private static void checkOuterReferences(Expression part, ArrowCall call) {
    if (part instanceof OuterReference) {
      throw new AdeptException(
          "A subquery calls "
              + call.sql()
              + ", which reads a column of the query around it. Compute it there, in a column of its"
              + " own, and use that in the subquery.");
    }
    for (Expression child : ScalaLists.<Expression>list(part.children())) {
      checkOuterReferences(child, call);
    }
  }
}
