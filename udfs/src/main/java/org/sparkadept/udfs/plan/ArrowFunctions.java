package org.sparkadept.udfs.plan;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.classic.ExpressionUtils;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.batch.ArrowSqlFunction;
import org.sparkadept.udfs.plan.logical.AnalysisErrors;
import org.sparkadept.udfs.plan.logical.ArrowCall;
import org.sparkadept.udfs.plan.logical.ScalaLists;
import scala.collection.immutable.Seq;
import scala.runtime.AbstractFunction1;

/** Batch functions in SQL. */
public final class ArrowFunctions {
  private ArrowFunctions() {}

  /**
   * Makes a function known to a session, for SQL and {@code functions.expr}; one of the same name
   * is replaced. The session needs {@link AdeptExtensions}, which every session has that was made
   * with our jar on its class path.
   */
  public static void register(SparkSession session, ArrowSqlFunction function) {
    org.apache.spark.sql.classic.SparkSession classic =
        (org.apache.spark.sql.classic.SparkSession) session;
    classic
        .sessionState()
        .functionRegistry()
        .createOrReplaceTempFunction(function.name(), new Builder(function), "java_udf");
  }

  /**
   * A call as a column of a data frame; the function need not be registered.
   *
   * @param arguments columns of the function's input types
   */
  public static Column column(ArrowBatchFunction function, Column... arguments) {
    List<Expression> expressions = new ArrayList<>();
    for (Column argument : arguments) {
      expressions.add(ExpressionUtils.expression(argument));
    }
    return ExpressionUtils.column(new ArrowCall(function, ScalaLists.seq(expressions), ""));
  }

  /** Makes the call of SQL's arguments: those of the function, and its options, if any. */
  static final class Builder extends AbstractFunction1<Seq<Expression>, Expression> {
    private final ArrowSqlFunction function;

    Builder(ArrowSqlFunction function) {
      this.function = function;
    }

    @Override
    public Expression apply(Seq<Expression> given) {
      try {
        CallArguments call = CallArguments.of(function, ScalaLists.list(given));
        ArrowBatchFunction bound = function.bind(call.options(), CallSettings.of(function));
        List<Expression> arguments = TextStruct.unfold(bound, call.arguments());
        return new ArrowCall(bound, ScalaLists.seq(arguments), call.writtenOptions());
      } catch (AdeptException e) {
        throw AnalysisErrors.raise(AnalysisErrors.of(e));
      }
    }
  }
}
