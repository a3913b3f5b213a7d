package org.sparkadept.udfs.plan.logical;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenContext;
import org.apache.spark.sql.catalyst.expressions.codegen.CodegenFallback;
import org.apache.spark.sql.catalyst.expressions.codegen.ExprCode;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.unsafe.types.UTF8String;
import org.sparkadept.decoder.prompt.RowTexts;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/** The texts of several columns as one text, as {@link RowTexts} packs them. */
@SuppressWarnings("serial") // as ArrowCall
public final class PackedTexts extends Expression implements CodegenFallback, Serializable {
  /** The types of columns that can be read as text, for messages. */
  public static final String TYPES = "STRING, a number, BOOLEAN, DATE or TIMESTAMP";

  private static final long serialVersionUID = 1L;

  private final Seq<Expression> texts;
  private final String written;

  /**
   * @param texts of type STRING
   * @param written as the query writes it, for names and messages
   */
  public PackedTexts(Seq<Expression> texts, String written) {
    this.texts = texts;
    this.written = written;
  }

  /** Whether values of a type can be read as text, by a cast. */
  public static boolean canRead(DataType type) {
    return type instanceof StringType
        || type instanceof NumericType
        || type instanceof BooleanType
        || type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType;
  }

  @Override
  public Object eval(InternalRow row) {
    List<Expression> columns = ScalaLists.list(texts);
    byte[][] values = new byte[columns.size()][];
    for (int i = 0; i < values.length; i++) {
      UTF8String text = (UTF8String) columns.get(i).eval(row);
      values[i] = text == null ? null : text.getBytes();
    }
    return UTF8String.fromBytes(RowTexts.pack(values));
  }

  @Override
  public ExprCode doGenCode(CodegenContext context, ExprCode code) {
    return CodegenFallback.super.doGenCode(context, code);
  }

  @Override
  public Seq<Expression> children() {
    return texts;
  }

  @Override
  public DataType dataType() {
    return DataTypes.StringType;
  }

  @Override
  public boolean nullable() {
    return true;
  }

  @Override
  public Expression withNewChildrenInternal(IndexedSeq<Expression> children) {
    return new PackedTexts(children, written);
  }

  @Override
  public String sql() {
    return written;
  }

  /** As plans show it. */
  @Override
  public String toString() {
    List<String> columns = new ArrayList<>();
    ScalaLists.<Expression>list(texts).forEach(text -> columns.add(text.toString()));
    return "texts(" + String.join(", ", columns) + ")";
  }

  @Override
  public int productArity() {
    return 2;
  }

  @Override
  public Object productElement(int index) {
    return switch (index) {
      case 0 -> texts;
      case 1 -> written;
      default -> throw new IndexOutOfBoundsException(index);
    };
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof PackedTexts;
  }

  /** However it is written. */
  @Override
  public boolean equals(Object other) {
    return other instanceof PackedTexts packed && texts.equals(packed.texts);
  }

  @Override
  public int hashCode() {
    return texts.hashCode();
  }
}
