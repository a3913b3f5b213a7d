package org.sparkadept.udfs.plan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GetStructField;
import org.apache.spark.sql.classic.ExpressionUtils;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NullType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.format.SimilarNames;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.plan.logical.PackedTexts;
import org.sparkadept.udfs.plan.logical.ScalaLists;
import scala.Option;

/**
 * The first argument of a call where it is a struct of texts: {@code f(struct(title, text))}. The
 * fields that the function reads become one text, as which a row takes its way.
 */
public final class TextStruct {
  private TextStruct() {}

  /**
   * One column of several, as {@link org.sparkadept.decoder.prompt.RowTexts} packs texts.
   *
   * @param columns of types that {@link PackedTexts#canRead}
   */
  public static Column pack(List<Column> columns) {
    List<Expression> texts = new ArrayList<>();
    for (Column column : columns) {
      texts.add(ExpressionUtils.expression(column.cast("string")));
    }
    String written = texts.stream().map(Expression::toString).collect(Collectors.joining(", "));
    return ExpressionUtils.column(new PackedTexts(ScalaLists.seq(texts), written));
  }

  /**
   * The arguments of a call, the first of them as one text.
   *
   * @throws AdeptException if the function reads several columns, but the first argument is no
   *     struct that has them all
   */
  static List<Expression> unfold(ArrowBatchFunction function, List<Expression> arguments) {
    List<String> columns = function.textColumns();
    if (columns.isEmpty() || arguments.isEmpty()) {
      return arguments;
    }
    Expression first = arguments.get(0);
    if (first.dataType() instanceof StructType struct) {
      List<Expression> unfolded = new ArrayList<>(arguments);
      unfolded.set(0, text(function, columns, first, struct));
      return unfolded;
    }
    if (columns.size() > 1 && !(first.dataType() instanceof NullType)) {
      throw new AdeptException(
          String.format(
              "The model's prompt reads the columns %s, but %s is given %s %s; call %s(struct(%s)).",
              String.join(", ", columns),
              function.name(),
              first.sql(),
              first.dataType().sql(),
              function.name(),
              String.join(", ", columns)));
    }
    return arguments;
  }

  private static Expression text(
      ArrowBatchFunction function, List<String> columns, Expression struct, StructType type) {
    List<Expression> texts = new ArrayList<>();
    for (String column : columns) {
      int field = indexOf(type, column);
      if (field < 0) {
        throw absent(function, column, type);
      }
      StructField found = type.fields()[field];
      if (!PackedTexts.canRead(found.dataType())) {
        throw new AdeptException(
            String.format(
                "Field '%s', which the model's prompt reads, must be %s, but is %s.",
                found.name(), PackedTexts.TYPES, found.dataType().sql()));
      }
      Expression value = new GetStructField(struct, field, Option.apply(found.name()));
      boolean isText = found.dataType().equals(DataTypes.StringType);
      texts.add(isText ? value : new Cast(value, DataTypes.StringType, Option.empty()));
    }
    return new PackedTexts(ScalaLists.seq(texts), struct.sql());
  }

  private static AdeptException absent(
      ArrowBatchFunction function, String column, StructType type) {
    List<String> similar = SimilarNames.of(column, Arrays.asList(type.fieldNames()));
    return new AdeptException(
        String.format(
            "The model's prompt reads the columns %s, but the struct that %s is given has no field"
                + " '%s'%s It has %s.",
            String.join(", ", function.textColumns()),
            function.name(),
            column,
            similar.isEmpty() ? "." : "; did you mean '" + similar.get(0) + "'?",
            Arrays.stream(type.fields())
                .map(field -> field.name() + " " + field.dataType().sql())
                .collect(Collectors.joining(", "))));
  }

  private static int indexOf(StructType type, String column) {
    StructField[] fields = type.fields();
    for (int i = 0; i < fields.length; i++) {
      boolean same =
          SQLConf.get().caseSensitiveAnalysis()
              ? fields[i].name().equals(column)
              : fields[i].name().equalsIgnoreCase(column);
      if (same) {
        return i;
      }
    }
    return -1;
  }
}
