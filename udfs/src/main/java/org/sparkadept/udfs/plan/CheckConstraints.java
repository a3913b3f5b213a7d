package org.sparkadept.udfs.plan;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.sparkadept.udfs.plan.logical.AnalysisErrors;
import org.sparkadept.udfs.plan.logical.ScalaLists;
import scala.Function1;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;
import scala.runtime.BoxedUnit;

/**
 * Refuses CHECK constraints of Delta Lake that call a batch function. Delta Lake keeps a constraint
 * as text, whose calls no other rule sees, and computes it row by row in every write, which fails.
 */
final class CheckConstraints extends AbstractFunction1<LogicalPlan, BoxedUnit> {
  /** How the names of Delta Lake's plans for {@code ALTER TABLE … ADD CONSTRAINT} begin. */
  private static final String ADD_CONSTRAINT = "AlterTableAddConstraint";

  private final org.apache.spark.sql.classic.SparkSession session;

  CheckConstraints(SparkSession session) {
    this.session = (org.apache.spark.sql.classic.SparkSession) session;
  }

  @Override
  public BoxedUnit apply(LogicalPlan plan) {
    if (plan.productPrefix().startsWith(ADD_CONSTRAINT)) {
      condition(plan).flatMap(text -> call(parse(text))).ifPresent(CheckConstraints::refuse);
    }
    return BoxedUnit.UNIT;
  }

  private Expression parse(String condition) {
    try {
      return session.sessionState().sqlParser().parseExpression(condition);
    } catch (ParseException e) {
      throw AnalysisErrors.raise(e);
    }
  }

  /** The condition is the last of the plan's texts, the first is the constraint's name. */
  private static Optional<String> condition(LogicalPlan plan) {
    return CollectionConverters.asJava(plan.productIterator().toList()).stream()
        .filter(String.class::isInstance)
        .map(String.class::cast)
        .reduce((first, second) -> second);
  }

  /** The first call of a batch function in an expression that is not resolved. */
  private Optional<UnresolvedFunction> call(Expression expression) {
    if (expression instanceof UnresolvedFunction function && isBatchFunction(function)) {
      return Optional.of(function);
    }
    List<Expression> children = ScalaLists.list(expression.children());
    return children.stream().flatMap(child -> call(child).stream()).findFirst();
  }

  private boolean isBatchFunction(UnresolvedFunction function) {
    FunctionRegistry registry = session.sessionState().functionRegistry();
    Option<Function1<Seq<Expression>, Expression>> builder =
        registry.lookupFunctionBuilder(new FunctionIdentifier(function.nameParts().last()));
    return builder.isDefined() && builder.get() instanceof ArrowFunctions.Builder;
  }

  private static void refuse(UnresolvedFunction call) {
    String name = call.nameParts().last();
    throw AnalysisErrors.raise(
        AnalysisErrors.at(
            call,
            String.format(
                "A CHECK constraint cannot call %s, since the table would compute it row by row."
                    + " Compute it in the query that writes, in a column of its own, and check"
                    + " that column, or leave rows out there: INSERT INTO table SELECT … FROM"
                    + " (SELECT *, %s(…) AS result FROM source) WHERE …",
                name, name)));
  }
}
