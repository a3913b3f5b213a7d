package org.sparkadept.udfs.plan.logical;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.TypeCheckResult;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Unevaluable;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.util.ArrowUtils;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * A call of a batch function in a query. It has no value of its own: {@link ExtractArrowCalls} puts
 * a column of {@link ArrowEval} in its place.
 */
@SuppressWarnings("serial") // Spark's lists are serializable, but their type does not say so
public final class ArrowCall extends Expression implements Unevaluable, Serializable {
  private static final long serialVersionUID = 1L;

  private final ArrowBatchFunction function;
  private final Seq<Expression> arguments;
  private final String options;

  /**
   * Spark copies trees by their constructors, which take what {@link #productElement} gives.
   *
   * @param options as the query writes them, for names and messages; the function has their values
   */
  public ArrowCall(ArrowBatchFunction function, Seq<Expression> arguments, String options) {
    this.function = function;
    this.arguments = arguments;
    this.options = options;
  }

  /** The function that is called. */
  public ArrowBatchFunction function() {
    return function;
  }

  /** The arguments, without the options. */
  public List<Expression> arguments() {
    return ScalaLists.list(arguments);
  }

  /** The same call on other arguments. */
  public ArrowCall on(List<Expression> others) {
    return new ArrowCall(function, ScalaLists.seq(others), options);
  }

  /** Spark's type of each argument that the function takes. */
  public List<DataType> inputTypes() {
    List<DataType> types = new ArrayList<>();
    for (ArrowType type : function.inputTypes()) {
      types.add(ArrowUtils.fromArrowType(type));
    }
    return types;
  }

  @Override
  public Seq<Expression> children() {
    return arguments;
  }

  @Override
  public DataType dataType() {
    return ArrowUtils.fromArrowField(function.resultField());
  }

  @Override
  public boolean nullable() {
    return true;
  }

  @Override
  public boolean foldable() {
    return false;
  }

  @Override
  public String prettyName() {
    return function.name();
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
    return new ArrowCall(function, children, options);
  }

  /** The call as a query writes it; a column without another name is called so. */
  @Override
  public String sql() {
    List<String> parts =
        arguments().stream().map(Expression::sql).collect(Collectors.toCollection(ArrayList::new));
    if (!options.isEmpty()) {
      parts.add(options);
    }
    return function.name() + "(" + String.join(", ", parts) + ")";
  }

  @Override
  public TypeCheckResult checkInputDataTypes() {
    List<DataType> wanted = inputTypes();
    List<Expression> given = arguments();
    boolean fits = wanted.size() == given.size();
    for (int i = 0; fits && i < wanted.size(); i++) {
      DataType type = given.get(i).dataType();
      fits = type instanceof NullType || accepts(wanted.get(i), type);
    }
    if (fits) {
      return TypeCheckResult.TypeCheckSuccess$.MODULE$;
    }
    return new TypeCheckResult.TypeCheckFailure(
        String.format(
            "%s takes (%s), and then options by name (name => value) or as a constant map, but "
                + "was given (%s). CAST what is of another type",
            function.name(),
            wanted.stream().map(DataType::sql).collect(Collectors.joining(", ")),
            given.stream().map(each -> each.dataType().sql()).collect(Collectors.joining(", "))));
  }

  private static boolean accepts(DataType wanted, DataType given) {
    return wanted.equals(given)
        || wanted instanceof StringType && given instanceof StringType; // any collation
  }

  /** Whether an expression is a call or contains one. */
  public static boolean isIn(Expression expression) {
    return expression instanceof ArrowCall || isInAny(expression.children());
  }

  private static boolean isInAny(Seq<Expression> expressions) {
    return ScalaLists.<Expression>list(expressions).stream().anyMatch(ArrowCall::isIn);
  }

  /**
   * Adds the calls of an expression whose arguments contain no further calls, by canonical form.
   */
  public static void collectInnermost(Expression expression, Map<Expression, ArrowCall> calls) {
    if (expression instanceof ArrowCall call && !isInAny(call.arguments)) {
      calls.putIfAbsent(call.canonicalized(), call);
      return;
    }
    for (Expression child : ScalaLists.<Expression>list(expression.children())) {
      collectInnermost(child, calls);
    }
  }

  @Override
  public Object eval(InternalRow input) {
    throw cannotStandHere();
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode code) {
    throw cannotStandHere();
  }

  private UnsupportedOperationException cannotStandHere() {
    return new UnsupportedOperationException(
        function.name()
            + " cannot be called here, where Spark computes row by row, as in a CHECK constraint of a"
            + " table; compute it first, in a subquery or with withColumn");
  }

  /** As plans show it: the function with its settings, and the arguments. */
  @Override
  public String toString() {
    String columns = arguments().stream().map(Object::toString).collect(Collectors.joining(", "));
    return function.name() + "(" + function + "; " + columns + ")";
  }

  /** Calls and the columns of their results, as plans show them. */
  public static String describe(List<ArrowCall> calls, List<Attribute> results) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      all.add(calls.get(i) + " AS " + results.get(i));
    }
    return all.toString();
  }

  @Override
  public int productArity() {
    return 3;
  }

  @Override
  public Object productElement(int index) {
    return switch (index) {
      case 0 -> function;
      case 1 -> arguments;
      case 2 -> options;
      default -> throw new IndexOutOfBoundsException(index);
    };
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ArrowCall;
  }

  /** However the options are written: the function has them. */
  @Override
  public boolean equals(Object other) {
    return other instanceof ArrowCall call
        && function.equals(call.function)
        && arguments.equals(call.arguments);
  }

  @Override
  public int hashCode() {
    return 31 * function.hashCode() + arguments.hashCode();
  }
}
