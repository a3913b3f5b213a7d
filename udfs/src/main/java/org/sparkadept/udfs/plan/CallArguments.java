package org.sparkadept.udfs.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.CreateMap;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedArgumentExpression;
import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.catalyst.util.MapData;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.format.SimilarNames;
import org.sparkadept.udfs.batch.ArrowSqlFunction;
import org.sparkadept.udfs.plan.logical.ScalaLists;

/**
 * What SQL gives a function: its arguments, by place or by name, and its options, as a constant map
 * after the arguments or by name.
 */
final class CallArguments {
  private final ArrowSqlFunction function;
  private final List<Expression> arguments = new ArrayList<>();
  private final Map<String, String> options = new TreeMap<>();
  private final List<String> written = new ArrayList<>();

  private CallArguments(ArrowSqlFunction function) {
    this.function = function;
  }

  /**
   * @param given as Spark resolved them
   * @throws AdeptException if one is given twice or out of order, or an option is no constant
   */
  static CallArguments of(ArrowSqlFunction function, List<Expression> given) {
    CallArguments call = new CallArguments(function);
    int places = 0;
    while (places < given.size() && !(given.get(places) instanceof NamedArgumentExpression)) {
      call.arguments.add(given.get(places));
      places++;
    }
    int last = call.arguments.size() - 1;
    if (last >= 0 && call.arguments.get(last).dataType() instanceof MapType) {
      call.addMap(call.arguments.remove(last));
    }
    call.addNamed(given.subList(places, given.size()));
    return call;
  }

  /** The arguments of the function, in its order. */
  List<Expression> arguments() {
    return arguments;
  }

  /** The options by name, as the function has it. */
  Map<String, String> options() {
    return options;
  }

  /** The options as a query writes them; empty where it gives none. */
  String writtenOptions() {
    return String.join(", ", written);
  }

  private void addNamed(List<Expression> given) {
    Map<String, Expression> byName = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Expression each : given) {
      if (!(each instanceof NamedArgumentExpression named)) {
        throw new AdeptException(
            String.format(
                "%s has %s after an argument that is given by name; what is given by its place"
                    + " comes first.",
                function.name(), pretty(each)));
      }
      if (isArgument(named.key())) {
        if (byName.put(named.key(), named.value()) != null) {
          throw givenTwice(named.key());
        }
      } else {
        String option = option(named.key());
        addOption(option, text(option, named.value()));
        written.add(named.key() + " => " + pretty(named.value()));
      }
    }
    List<String> names = function.argumentNames();
    for (int i = 0; i < names.size() && !byName.isEmpty(); i++) {
      Expression value = byName.remove(names.get(i));
      if (i < arguments.size() && value != null) {
        throw givenTwice(names.get(i));
      }
      if (i >= arguments.size()) {
        if (value == null) {
          throw new AdeptException(
              String.format(
                  "%s is called without its argument '%s'.", function.name(), names.get(i)));
        }
        arguments.add(value);
      }
    }
  }

  private boolean isArgument(String name) {
    return function.argumentNames().stream().anyMatch(name::equalsIgnoreCase);
  }

  /** The name of an option as the function has it. */
  private String option(String given) {
    for (String name : function.optionNames()) {
      if (name.equalsIgnoreCase(given)) {
        return name;
      }
    }
    List<String> names = new ArrayList<>(function.argumentNames());
    names.addAll(function.optionNames());
    List<String> similar = SimilarNames.of(given, names);
    throw new AdeptException(
        String.format(
            "%s has no argument or option '%s'%s It has %s.",
            function.name(),
            given,
            similar.isEmpty() ? "." : "; did you mean '" + similar.get(0) + "'?",
            String.join(", ", names)));
  }

  private void addMap(Expression map) {
    MapType type = (MapType) map.dataType();
    written.add(pretty(map));
    if (map instanceof CreateMap entries && entries.children().isEmpty()) {
      return;
    }
    if (!(type.keyType() instanceof StringType)) {
      throw new AdeptException(
          String.format("The names of options are STRING, but %s is %s.", pretty(map), type.sql()));
    }
    requireOneType(map);
    MapData data = (MapData) constant("The map of options", map);
    ArrayData keys = data.keyArray();
    for (int i = 0; i < data.numElements(); i++) {
      String name = option(keys.get(i, type.keyType()).toString());
      addOption(name, text(name, type.valueType(), data.valueArray().get(i, type.valueType())));
    }
  }

  /** Values of several types are made one type by Spark, which may change them, as 5 to 5.0. */
  private void requireOneType(Expression map) {
    if (map instanceof CreateMap entries
        && ScalaLists.<Expression>list(entries.values()).stream()
            .anyMatch(value -> value instanceof Cast cast && isImplicit(cast))) {
      throw new AdeptException(
          String.format(
              "%s has values of several types, which a map cannot keep. Give options by name:"
                  + " %s(%s, name => value, …).",
              pretty(map),
              function.name(),
              arguments.stream().map(CallArguments::pretty).collect(Collectors.joining(", "))));
    }
  }

  private static boolean isImplicit(Cast cast) {
    return cast.getTagValue(Cast.USER_SPECIFIED_CAST()).isEmpty()
        && !(cast.child().dataType() instanceof NullType);
  }

  private void addOption(String name, String value) {
    if (options.put(name, value) != null) {
      throw givenTwice(name);
    }
  }

  private AdeptException givenTwice(String name) {
    return new AdeptException(String.format("%s is given '%s' twice.", function.name(), name));
  }

  private String text(String name, Expression value) {
    return text(name, value.dataType(), constant("Option '" + name + "'", value));
  }

  /** A value as it is written in a configuration; NULL is empty. */
  private String text(String name, DataType type, Object value) {
    if (!(type instanceof StringType
        || type instanceof NumericType
        || type instanceof BooleanType
        || type instanceof NullType)) {
      throw new AdeptException(
          String.format(
              "Option '%s' of %s must be a STRING, a number or a BOOLEAN, but is %s.",
              name, function.name(), type.sql()));
    }
    return value == null ? "" : value.toString();
  }

  private Object constant(String what, Expression expression) {
    if (!expression.foldable()) {
      throw new AdeptException(
          String.format(
              "%s of %s must be a constant, but is %s.",
              what, function.name(), pretty(expression)));
    }
    try {
      return expression.eval(null);
    } catch (RuntimeException e) {
      throw new AdeptException(
          String.format(
              "%s of %s cannot be computed before the query runs (%s); write it as a literal.",
              what, function.name(), e.getMessage()),
          e);
    }
  }

  private static String pretty(Expression expression) {
    return org.apache.spark.sql.catalyst.util.package$.MODULE$.toPrettySQL(expression, false);
  }
}
