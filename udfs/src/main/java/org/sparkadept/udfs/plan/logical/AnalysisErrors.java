package org.sparkadept.udfs.plan.logical;

import org.apache.spark.QueryContext;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.trees.Origin;
import scala.Option;
import scala.collection.immutable.Map$;

/** Errors in queries, reported as Spark reports its own: at analysis, with the place. */
public final class AnalysisErrors {
  private AnalysisErrors() {}

  /**
   * An error of a part of a query.
   *
   * @param part where it is
   * @param message what is wrong, and what to do
   */
  public static AnalysisException at(Expression part, String message) {
    return error(message, part.origin(), null);
  }

  /**
   * An error that something else has found; Spark adds the place.
   *
   * @param cause says what is wrong, and what to do
   */
  public static AnalysisException of(RuntimeException cause) {
    return error(cause.getMessage().replaceAll("\\.$", ""), null, cause);
  }

  private static AnalysisException error(String message, Origin origin, RuntimeException cause) {
    Option<Object> line = origin == null ? Option.empty() : origin.line();
    Option<Object> position = origin == null ? Option.empty() : origin.startPosition();
    return new AnalysisException(
        message,
        line,
        position,
        Option.apply(cause),
        Option.empty(),
        Map$.MODULE$.empty(),
        new QueryContext[0]);
  }

  /**
   * Throws an error from code that Spark calls: Scala has no checked exceptions, so Spark's
   * interfaces declare none.
   *
   * @return nothing; callers write {@code throw raise(…)}
   */
  public static RuntimeException raise(AnalysisException error) {
    return AnalysisErrors.<RuntimeException>unchecked(error);
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> RuntimeException unchecked(Exception error) throws E {
    throw (E) error;
  }
}
