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

class TextsAndLabelsTest {
  private static final NamedColumn TEXT = new NamedColumn("text", "--text-column");
  private static final NamedColumn LABEL = new NamedColumn("label", "--label-column");

  private static Dataset<Row> input(String label) {
    return input(functions.expr(label).as("label"));
  }

  private static Dataset<Row> input(Column label) {
    return TestSpark.session().range(1).select(functions.lit("a").as("text"), label);
  }

  private static String label(Dataset<Row> input) {
    List<Row> rows = TextsAndLabels.of(input, TEXT, LABEL).collectAsList();
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
  void anIndexIsNamedByTheColumnsMetadata() {
    Column index =
        functions
            .lit(1.0)
            .as(
                "label",
                NominalAttribute.defaultAttr()
                    .withName("label")
                    .withValues(new String[] {"no", "yes"})
                    .toMetadata());
    assertEquals("yes", label(input(index)));
  }

  @Test
  void wrongColumnsAreNamedWithTheirOptions() {
    refuses(
        "Column 'label' (--label-column) must be STRING, BOOLEAN or a number, but is ARRAY<INT>",
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
