package org.sparkadept.udfs.plan.rules;

import java.util.List;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedLambdaVariable;
import org.apache.spark.sql.catalyst.expressions.OuterReference;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.DeleteFromTable;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.RowLevelWrite;
import org.apache.spark.sql.internal.SQLConf;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.plan.logical.AnalysisErrors;
import org.sparkadept.udfs.plan.logical.ArrowCall;
import org.sparkadept.udfs.plan.logical.ScalaLists;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Reports calls that cannot be evaluated at their place in a query, at analysis, by an {@link
 * AnalysisException}.
 */
public final class CheckArrowCalls extends AbstractFunction1<LogicalPlan, BoxedUnit> {
  @Override
  public BoxedUnit apply(LogicalPlan plan) {
    if (check(plan)) {
      checkSettings();
      new ExtractArrowCalls().apply(plan); // for the errors that only show in doing it
    }
    return BoxedUnit.UNIT;
  }

  /** The settings that calls run with are those of the session that runs them. */
  private static void checkSettings() {
    try {
      AdeptConf.of(CollectionConverters.asJava(SQLConf.get().getAllConfs())).scoringOptions();
    } catch (AdeptException e) {
      throw AnalysisErrors.raise(AnalysisErrors.of(e));
    }
  }

  /** Whether there are calls. */
  private static boolean check(LogicalPlan plan) {
    boolean calls = false;
    for (Expression expression : ScalaLists.<Expression>list(plan.expressions())) {
      calls |= check(expression, plan);
    }
    for (LogicalPlan child : ScalaLists.<LogicalPlan>list(plan.children())) {
      calls |= check(child);
    }
    return calls;
  }

  private static boolean check(Expression expression, LogicalPlan plan) {
    boolean calls = expression instanceof SubqueryExpression subquery && check(subquery.plan());
    if (expression instanceof ArrowCall call) {
      checkArguments(call, call);
      checkPlace(call, plan);
      calls = true;
    }
    for (Expression child : ScalaLists.<Expression>list(expression.children())) {
      calls |= check(child, plan);
    }
    return calls;
  }

  private static void checkPlace(ArrowCall call, LogicalPlan plan) {
    String name = call.function().name();
    if (plan instanceof DeleteFromTable || plan instanceof RowLevelWrite) {
      throw error(
          call,
          String.format(
              "The condition of a DELETE, UPDATE or MERGE calls %s, which the table's source "
                  + "cannot compute. Find the rows in a subquery: … WHERE id IN (SELECT id FROM "
                  + "(SELECT id, %s(…) AS result FROM table) WHERE …)",
              call.sql(), name));
    }
    List<LogicalPlan> children = ScalaLists.<LogicalPlan>list(plan.children());
    for (LogicalPlan child : children) {
      if (!(plan instanceof Command) && call.references().subsetOf(child.outputSet())) {
        return;
      }
    }
    if (children.size() > 1 && !(plan instanceof Command)) {
      throw error(
          call,
          String.format(
              "The join condition calls %s, which reads both sides of the join. Join first, "
                  + "then compute it: SELECT … FROM (SELECT *, %s(…) AS result FROM a JOIN b …) "
                  + "WHERE …",
              call.sql(), name));
    }
    throw error(
        call,
        String.format(
            "%s cannot compute %s. Compute it in a query, SELECT *, %s(…) AS result FROM "
                + "table, and use the column there (for instance as the source of a MERGE)",
            plan.nodeName(), call.sql(), name));
  }

  private static void checkArguments(Expression part, ArrowCall call) {
    String name = call.function().name();
    if (part instanceof OuterReference) {
      throw error(
          call,
          String.format(
              "A subquery calls %s, which reads a column of the query around it. Compute it "
                  + "there, in a column of its own, and use that in the subquery",
              call.sql()));
    }
    if (part instanceof NamedLambdaVariable variable) {
      throw error(
          call,
          String.format(
              "%s is called on %s, an element of an array or a map, but takes whole rows. "
                  + "Make rows of the elements first: SELECT %s(element) FROM table LATERAL VIEW "
                  + "explode(array) AS element",
              name, variable.name(), name));
    }
    for (Expression child : ScalaLists.<Expression>list(part.children())) {
      checkArguments(child, call);
    }
  }

  private static RuntimeException error(ArrowCall call, String message) {
    return AnalysisErrors.raise(AnalysisErrors.at(call, message));
  }
}
