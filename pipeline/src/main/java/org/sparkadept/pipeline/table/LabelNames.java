package org.sparkadept.pipeline.table;

import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.raise_error;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.when;

import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.attribute.Attribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.sparkadept.udfs.table.InputColumns;

/**
 * The names of labels, whatever the type of their column. A text is its own name, a boolean is
 * {@code true} or {@code false}. A number is named by what an indexer has left for it in the
 * column's metadata, else by its digits: the same for equal numbers of different types, so without
 * a point where it is whole. NULL and NaN have no name. In an array of texts, a label that is there
 * twice counts once.
 */
public final class LabelNames {
  /** Zeros behind the last digit of a fraction, with the point where nothing else is left. */
  private static final String TRAILING_ZEROS = "\\.0+$|(\\.\\d*[1-9])0+$";

  private LabelNames() {}

  /** The names of a column's labels; an index that the metadata does not name fails its row. */
  public static Column column(StructField label) {
    Column value = InputColumns.column(label);
    if (InputColumns.isLabelArray(label.dataType())) {
      return array_distinct(value);
    }
    if (!(label.dataType() instanceof NumericType)) {
      return value.cast(DataTypes.StringType);
    }
    List<String> indexed = indexed(label);
    Column name = indexed.isEmpty() ? digits(value, label) : named(value, label, indexed);
    boolean floating =
        label.dataType() instanceof DoubleType || label.dataType() instanceof FloatType;
    return when(floating ? not(value.isNaN()) : value.isNotNull(), name);
  }

  private static Column digits(Column value, StructField label) {
    Column text = value.cast(DataTypes.StringType);
    if (label.dataType() instanceof DecimalType) {
      return regexp_replace(text, TRAILING_ZEROS, "$1");
    }
    Column whole = value.try_cast(DataTypes.LongType);
    return when(value.equalTo(whole), whole.cast(DataTypes.StringType)).otherwise(text);
  }

  private static Column named(Column value, StructField label, List<String> names) {
    Column index = value.try_cast(DataTypes.IntegerType);
    Column known = value.equalTo(index).and(index.between(0, names.size() - 1));
    return when(known, element_at(lit(names.toArray(new String[0])), index.plus(lit(1))))
        .otherwise(
            raise_error(
                concat(
                    lit("Column '" + label.name() + "' has the label index "),
                    value.cast(DataTypes.StringType),
                    lit(
                        ", but its metadata names "
                            + names.size()
                            + " labels. Index the labels again (StringIndexer)."))));
  }

  /**
   * Labels in the order in which a model that is fitted on them numbers them: as the column's
   * metadata does, all that it names; else by value where all are numbers; else by the alphabet.
   *
   * @param label the column
   * @param found names of the labels that it has
   */
  public static List<String> ordered(StructField label, Collection<String> found) {
    List<String> indexed = indexed(label);
    return indexed.isEmpty() ? ordered(found) : indexed;
  }

  private static List<String> ordered(Collection<String> found) {
    Map<String, BigDecimal> numbers = new HashMap<>();
    try {
      for (String name : found) {
        numbers.put(name, new BigDecimal(name));
      }
    } catch (NumberFormatException e) {
      return found.stream().sorted().toList();
    }
    Comparator<String> byValue = Comparator.comparing(numbers::get);
    return found.stream().sorted(byValue.thenComparing(Comparator.naturalOrder())).toList();
  }

  /** The names that an indexer has given the numbers of a column; empty without any. */
  private static List<String> indexed(StructField label) {
    return label.dataType() instanceof NumericType
            && Attribute.fromStructField(label) instanceof NominalAttribute nominal
            && nominal.values().isDefined()
        ? List.of(nominal.values().get())
        : List.of();
  }
}
