package org.sparkadept.udfs.plan;

import java.util.List;
import java.util.Map;
import org.apache.spark.sql.catalyst.expressions.Expression;

/** Finds calls in expressions. */
final class Calls {
  private Calls() {}

  /** Whether an expression is a call or has one in it. */
  static boolean isIn(Expression expression) {
    return expression instanceof ArrowCall || isIn(children(expression));
  }

  private static boolean isIn(List<Expression> expressions) {
    return expressions.stream().anyMatch(Calls::isIn);
  }

  /** Adds the calls of an expression whose arguments hold no further calls, by canonical form. */
  static void collectInnermost(Expression expression, Map<Expression, ArrowCall> calls) {
    if (expression instanceof ArrowCall call && !isIn(call.arguments())) {
      calls.putIfAbsent(call.canonicalized(), call);
      return;
    }
    for (Expression child : children(expression)) {
      collectInnermost(child, calls);
    }
  }

  private static List<Expression> children(Expression expression) {
    return ScalaLists.<Expression>list(expression.children());
  }
}
