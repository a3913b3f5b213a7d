package org.sparkadept.udfs.plan;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedArgumentExpression;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.classic.ExpressionUtils;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StringType;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.batch.ArrowSqlFunction;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.plan.logical.AnalysisErrors;
import org.sparkadept.udfs.plan.logical.ArrowCall;
import org.sparkadept.udfs.plan.logical.ScalaLists;
import scala.Function1;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Batch functions in SQL. */
public final class ArrowFunctions {
  private ArrowFunctions() {}

  /**
   * Makes a function known to a session, for SQL and {@code functions.expr}; one of the same name
   * is replaced. The session needs {@link AdeptExtensions}, which every session has that was made
   * with our jar on its class path.
   */
  public static void register(SparkSession session, ArrowSqlFunction function) {
    Function1<Seq<Expression>, Expression> builder = arguments -> call(function, arguments);
    org.apache.spark.sql.classic.SparkSession classic =
        (org.apache.spark.sql.classic.SparkSession) session;
    classic
        .sessionState()
        .functionRegistry()
        .createOrReplaceTempFunction(function.name(), builder, "java_udf");
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
    return ExpressionUtils.column(new ArrowCall(function, ScalaLists.seq(expressions)));
  }

  /** The call that SQL's arguments make: those of the function, then its options, if any. */
  static Expression call(ArrowSqlFunction function, Seq<Expression> arguments) {
    try {
      return bind(function, ScalaLists.list(arguments));
    } catch (AdeptException e) {
      throw AnalysisErrors.raise(AnalysisErrors.of(e));
    }
  }

  private static Expression bind(ArrowSqlFunction function, List<Expression> given) {
    for (Expression argument : given) {
      if (argument instanceof NamedArgumentExpression named) {
        throw new AdeptException(
            String.format(
                "%s takes its arguments by their place, not by name (%s => …); leave the name "
                    + "out.",
                function.name(), named.key()));
      }
    }
    Map<String, String> options = Map.of();
    if (!given.isEmpty() && given.get(given.size() - 1).dataType() instanceof MapType) {
      options = options(function, given.remove(given.size() - 1));
    }
    Map<String, String> conf = CollectionConverters.asJava(SQLConf.get().getAllConfs());
    AdeptConf.of(conf).scoringOptions();
    return new ArrowCall(function.bind(options, conf), ScalaLists.seq(given));
  }

  private static Map<String, String> options(ArrowSqlFunction function, Expression map) {
    MapType type = (MapType) map.dataType();
    boolean empty =
        map.foldable() && map.eval(null) instanceof MapData data && data.numElements() == 0;
    if (empty) {
      return Map.of();
    }
    if (!(type.keyType() instanceof StringType && type.valueType() instanceof StringType)) {
      throw new AdeptException(
          String.format(
              "The options of %s are a MAP<STRING, STRING>, but %s is %s. Write numbers as "
                  + "text, too: map('threshold', '0.9').",
              function.name(), map.sql(), type.sql()));
    }
    if (!map.foldable()) {
      throw new AdeptException(
          String.format(
              "The options of %s must be constants, but %s depends on the row.",
              function.name(), map.sql()));
    }
    MapData data = (MapData) map.eval(null);
    Map<String, String> options = new HashMap<>();
    ArrayData keys = data.keyArray();
    ArrayData values = data.valueArray();
    for (int i = 0; i < data.numElements(); i++) {
      Object value = values.get(i, DataTypes.StringType);
      options.put(
          keys.get(i, DataTypes.StringType).toString(), value == null ? "" : value.toString());
    }
    return options;
  }
}
