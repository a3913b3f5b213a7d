package org.sparkadept.udfs.plan.rules;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.SubqueryExpression;
import org.apache.spark.sql.catalyst.plans.logical.CTERelationDef;
import org.apache.spark.sql.catalyst.plans.logical.CTERelationRef;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.WithCTE;
import org.sparkadept.udfs.plan.logical.ArrowEval;
import org.sparkadept.udfs.plan.logical.ScalaLists;
import scala.Function1;

/**
 * Common tables ({@code WITH t AS …}) with calls in them: where a query reads one more than once,
 * Spark is to compute it once and keep its rows in a shuffle, not to write it out at each place.
 */
final class CommonTables {
  private CommonTables() {}

  /** The query with those tables marked. */
  static LogicalPlan evaluatedOnce(WithCTE query) {
    Map<Long, Integer> readers = new HashMap<>();
    count(query, readers);
    List<CTERelationDef> tables = ScalaLists.list(query.cteDefs());
    // A table reads only such as are defined before it, and shares them with its own readers.
    for (int i = tables.size() - 1; i >= 0; i--) {
      CTERelationDef table = tables.get(i);
      if (readers.getOrDefault(table.id(), 0) > 1) {
        count(table, readers);
        tables.set(i, (CTERelationDef) mark(table));
      }
    }
    return query.copy(query.plan(), ScalaLists.seq(tables));
  }

  private static void count(LogicalPlan plan, Map<Long, Integer> readers) {
    if (plan instanceof CTERelationRef table) {
      readers.merge(table.cteId(), 1, Integer::sum);
    }
    for (LogicalPlan child : ScalaLists.<LogicalPlan>list(plan.children())) {
      count(child, readers);
    }
    for (Expression expression : ScalaLists.<Expression>list(plan.expressions())) {
      countInSubqueries(expression, readers);
    }
  }

  private static void countInSubqueries(Expression expression, Map<Long, Integer> readers) {
    if (expression instanceof SubqueryExpression subquery) {
      count(subquery.plan(), readers);
    }
    for (Expression child : ScalaLists.<Expression>list(expression.children())) {
      countInSubqueries(child, readers);
    }
  }

  private static LogicalPlan mark(LogicalPlan plan) {
    Function1<LogicalPlan, LogicalPlan> below = CommonTables::mark;
    LogicalPlan marked = plan.mapChildren(below);
    return marked instanceof ArrowEval eval ? eval.forManyReaders() : marked;
  }
}
