package org.sparkadept.pipeline.table;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.TestSpark;
import org.sparkadept.udfs.table.NamedColumn;
import org.sparkadept.udfs.table.TextColumns;

class TextsAndLabelsTest {
  private static final TextColumns TEXT = TextColumns.of(new NamedColumn("text", "--text-column"));
  private static final NamedColumn LABEL = new NamedColumn("label", "--label-column");

  private static Dataset<Row> input(String label) {
    return input(functions.expr(label).as("label"));
  }

  private static Dataset<Row> input(Column label) {
    return TestSpark.session().range(1).select(functions.lit("a").as("text"), label);
  }

  private static String label(Dataset<Row> input) {
    List<Row> rows = TextsAndLabels.of(input, TEXT, LABEL, false).collectAsList();
    assertEquals("a", new String(rows.get(0).<byte[]>getAs(TextsAndLabels.TEXT)));
    return rows.get(0).getString(TextsAndLabels.LABEL);
  }

  private static void refuses(String message, Dataset<Row> input) {
    AdeptException thrown = assertThrows(AdeptException.class, () -> label(input));
    assertTrue(thrown.getMessage().contains(message), thrown.getMessage());
  }

  @Test
  void labelsAreNamesWhateverTheirType() {
    assertEquals("x", label(input("'x'")));
    assertEquals("3", label(input("3")));
    assertEquals("3", label(input("3D")));
    assertEquals("2.5", label(input("2.5D")));
    assertEquals("true", label(input("true")));
    assertEquals(null, label(input("cast(null as int)")));
  }

  @Test
  void equalNumbersHaveOneNameWhateverTheirType() {
    for (String type : List.of("tinyint", "bigint", "float", "double", "decimal(10,3)")) {
      assertEquals("-3", label(input("cast(-3 as " + type + ")")), type);
      assertEquals("0", label(input("cast(0 as " + type + ")")), type);
      assertEquals("120", label(input("cast(120 as " + type + ")")), type);
    }
    for (String type : List.of("float", "double", "decimal(10,3)")) {
      assertEquals("-2.5", label(input("cast(-2.5 as " + type + ")")), type);
      assertEquals("10.05", label(input("cast(10.05 as " + type + ")")), type);
    }
    assertEquals("0", label(input("-0.0D")));
    assertEquals("100000000000000000000", label(input("100000000000000000000BD")));
    assertEquals("1.0E20", label(input("1e20D")));
    assertEquals(null, label(input("double('NaN')")));
    assertEquals("Infinity", label(input("double('Infinity')")));
  }

  private static Column indexed(double index) {
    return functions
        .lit(index)
        .as(
            "label",
            NominalAttribute.defaultAttr()
                .withName("label")
                .withValues(new String[] {"yes", "no"})
                .toMetadata());
  }

  @Test
  void anIndexIsNamedByTheColumnsMetadata() {
    assertEquals("yes", label(input(indexed(0))));
    assertEquals("no", label(input(indexed(1))));
    for (double wrong : new double[] {2, -1, 0.5}) {
      Exception thrown = assertThrows(Exception.class, () -> label(input(indexed(wrong))));
      assertTrue(
          thrown
              .getMessage()
              .contains(
                  "Column 'label' has the label index " + wrong + ", but its metadata names 2"),
          thrown.getMessage());
    }
  }

  private static List<String> ordered(Column label, String... found) {
    return LabelNames.ordered(input(label).schema().apply("label"), List.of(found));
  }

  @Test
  void labelsThatAreNumbersAreInTheirOrder() {
    Column plain = functions.lit(1).as("label");
    assertEquals(List.of("-2", "-0.5", "3", "10"), ordered(plain, "10", "-0.5", "3", "-2"));
    assertEquals(List.of("1", "1.0", "2E1"), ordered(plain, "2E1", "1.0", "1"));
    assertEquals(List.of("10", "9", "none"), ordered(plain, "none", "9", "10"));
    assertEquals(List.of("yes", "no"), ordered(indexed(0), "no"));
  }

  @Test
  void wrongColumnsAreNamedWithTheirOptions() {
    refuses(
        "Column 'label' (--label-column) must be STRING, BOOLEAN, a number or ARRAY<STRING>, but is ARRAY<INT>",
        input("array(1)"));
    refuses(
        "Column 'text' (--text-column) must be STRING, but is INT",
        input("'x'").withColumn("text", functions.lit(1)));
    refuses(
        "no column 'label' (--label-column). It has text STRING, a.b STRING.",
        input("'x'").withColumnRenamed("label", "a.b"));
  }

  @Test
  void caseCountsWhereSparkSaysSo() {
    SparkSession spark = TestSpark.session();
    assertEquals("x", label(input("'x'").withColumnRenamed("label", "LABEL")));
    spark.conf().set("spark.sql.caseSensitive", "true");
    try {
      refuses("no column 'label'", input("'x'").withColumnRenamed("label", "LABEL"));
    } finally {
      spark.conf().unset("spark.sql.caseSensitive");
    }
  }
}
