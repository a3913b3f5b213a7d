package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.pipeline.CommandTest;

/** Texts that go through a text format come out as they went in. */
class TextFormatsTest extends CommandTest {
  private static final List<String> PIECES =
      List.of(
          " ", "  ", "\t", "\n", "\r", "\r\n", "\"", "\"\"", "'", ",", ";", "\\", "\\n", "\\\"",
          "#", "a", "b c", "é", "漢", "😀", "null", "NULL", "\\N", "\u0001", "\u007f", "\u00a0",
          "\u2028", "\u0085", "\ufeff", "<a>", "&amp;", "]]>", "{", "}", "[", "0", "-1", "1e5");

  @ParameterizedTest
  @ValueSource(strings = {"csv", "json"})
  void whatGoesInComesOut(String format) {
    List<String> texts =
        new ArrayList<>(List.of("   ", " a ", "", "a\n", "\na", "\"", "\r", "a\rb"));
    PIECES.forEach(texts::add);
    Random random = TestSeed.random();
    for (int i = 0; i < 400; i++) {
      StringBuilder text = new StringBuilder();
      for (int piece = random.nextInt(5); piece >= 0; piece--) {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      texts.add(text.toString());
    }
    texts.add(null);
    Path out = folder.resolve("out." + format);
    addRows(table(texts));
    classify("--output-format", format, "-o", out).assertOk();
    Path again = folder.resolve("again");

    classify("-i", out, "--input-format", format, "-o", again, "--output-prefix", "again_")
        .assertOk();

    List<Row> rows =
        spark
            .read()
            .parquet(again.toString())
            .selectExpr("cast(id as int) id", "text", "label", "again_label")
            .orderBy("id")
            .collectAsList();
    assertEquals(texts.size(), rows.size());
    for (int i = 0; i < texts.size(); i++) {
      assertEquals(quoted(texts.get(i)), quoted(rows.get(i).getString(1)), "row " + i);
      assertEquals(rows.get(i).getString(2), rows.get(i).getString(3), "label of row " + i);
    }
  }

  @Test
  void aTextThatCsvCannotHoldIsRefused() {
    addRows("select 1L id, concat('a', char(0), ' b') text");

    classify("--output-format", "csv")
        .assertFails(3, "Column text has a text with the character U+0000", "--output-format");
    assertFalse(Files.exists(output));
    classify("--output-format", "json").assertOk();
  }

  @Test
  void jsonKeepsNulls() {
    addRows("select 1L id, 'a' text, cast(null as string) nothing");
    Path out = folder.resolve("json");

    classify("--output-format", "json", "-o", out).assertOk();

    String line = spark.read().text(out.toString()).head().getString(0);
    assertEquals(true, line.contains("\"nothing\":null"), line);
  }

  private Dataset<Row> table(List<String> texts) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      rows.add(RowFactory.create((long) i, texts.get(i)));
    }
    StructType schema =
        new StructType().add("id", DataTypes.LongType).add("text", DataTypes.StringType);
    return spark.createDataFrame(rows, schema);
  }

  private static String quoted(String text) {
    if (text == null) {
      return "NULL";
    }
    StringBuilder shown = new StringBuilder("'");
    text.codePoints()
        .forEach(
            point ->
                shown.append(
                    point >= ' ' && point < 127
                        ? Character.toString(point)
                        : String.format("\\u{%x}", point)));
    return shown.append('\'').toString();
  }
}
