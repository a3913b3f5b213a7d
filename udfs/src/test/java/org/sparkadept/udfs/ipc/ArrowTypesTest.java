package org.sparkadept.udfs.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.compression.CompressionUtil.CodecType;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.types.DateUnit;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.IntervalUnit;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.UnionMode;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.util.ArrowUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.udfs.TestSpark;

/** Each of Arrow's types, as another program writes it, with the values that Spark gets. */
class ArrowTypesTest {
  private static final ArrowType INT8 = new ArrowType.Int(8, true);
  private static final ArrowType INT32 = new ArrowType.Int(32, true);
  private static final ArrowType UTF8 = ArrowType.Utf8.INSTANCE;

  private final SparkSession spark = TestSpark.session();
  private final IpcFixture fixture = new IpcFixture();
  private final List<FieldVector> columns = new ArrayList<>();
  private final List<List<String>> expected = new ArrayList<>();
  @TempDir private Path folder;

  @BeforeEach
  void setTimeZone() {
    spark.conf().set("spark.sql.session.timeZone", "UTC");
    spark.conf().set("spark.sql.timeType.enabled", "true");
  }

  @AfterEach
  void everythingIsReleased() {
    spark.conf().unset("spark.sql.session.timeZone");
    spark.conf().unset("spark.sql.timeType.enabled");
    columns.forEach(FieldVector::close);
    fixture.close();
    assertEquals(0, ArrowUtils.rootAllocator().getAllocatedMemory(), "Arrow memory was leaked");
  }

  @ParameterizedTest
  @CsvSource({
    "false,NO_COMPRESSION",
    "true,NO_COMPRESSION",
    "false,LZ4_FRAME",
    "true,LZ4_FRAME",
    "false,ZSTD",
    "true,ZSTD"
  })
  void everyTypeHasItsValues(boolean stream, CodecType codec) {
    plainTypes();
    times();
    nestedTypes();
    dictionaries();
    String path = write(stream, codec);

    Dataset<Row> table = spark.read().format("arrow").load(path);
    List<Row> rows =
        table
            .selectExpr(
                Arrays.stream(table.columns())
                    .map(name -> String.format("cast(`%1$s` as string) `%1$s`", name))
                    .toArray(String[]::new))
            .collectAsList();

    assertEquals(3, rows.size());
    for (int i = 0; i < columns.size(); i++) {
      List<String> values = new ArrayList<>();
      for (Row row : rows) {
        values.add(row.getString(i));
      }
      assertEquals(expected.get(i), values, table.columns()[i]);
    }
  }

  private void plainTypes() {
    add("null", ArrowType.Null.INSTANCE, null, null, null).expect(null, null, null);
    add("bool", ArrowType.Bool.INSTANCE, true, null, false).expect("true", null, "false");
    add("int8", INT8, -128, null, 127).expect("-128", null, "127");
    add("int16", new ArrowType.Int(16, true), -5, null, 32767).expect("-5", null, "32767");
    add("int32", INT32, -5, null, 1 << 30).expect("-5", null, "1073741824");
    add("int64", new ArrowType.Int(64, true), -5, null, 1L << 40)
        .expect("-5", null, "1099511627776");
    add("uint8", new ArrowType.Int(8, false), 255, null, 1).expect("255", null, "1");
    add("uint16", new ArrowType.Int(16, false), 65535, null, 1).expect("65535", null, "1");
    add("uint32", new ArrowType.Int(32, false), (1L << 32) - 1, null, 1)
        .expect("4294967295", null, "1");
    add("uint64", new ArrowType.Int(64, false), -1, null, 1)
        .expect("18446744073709551615", null, "1");
    add("half", floating(FloatingPointPrecision.HALF), 1.5, null, -65504)
        .expect("1.5", null, "-65504.0");
    add("float", floating(FloatingPointPrecision.SINGLE), 1.5, null, -2)
        .expect("1.5", null, "-2.0");
    add("double", floating(FloatingPointPrecision.DOUBLE), 0.1, null, -2)
        .expect("0.1", null, "-2.0");
    add("decimal", new ArrowType.Decimal(38, 10, 128), "1.5000000000", null, "-0.0000000001")
        .expect("1.5000000000", null, "-0.0000000001");
    add("decimal256", new ArrowType.Decimal(20, 2, 256), "123456789012345678.91", null, "-0.01")
        .expect("123456789012345678.91", null, "-0.01");
    String text = "longer than a view of twelve bytes, höher";
    for (ArrowType type :
        List.of(UTF8, ArrowType.LargeUtf8.INSTANCE, ArrowType.Utf8View.INSTANCE)) {
      add(type.toString(), type, "ä", null, text).expect("ä", null, text);
    }
    for (ArrowType type :
        List.of(
            ArrowType.Binary.INSTANCE,
            ArrowType.LargeBinary.INSTANCE,
            ArrowType.BinaryView.INSTANCE)) {
      add(type.toString(), type, "", null, text).expect("", null, text);
    }
    add("fixed", new ArrowType.FixedSizeBinary(3), "abc", null, "def").expect("abc", null, "def");
  }

  private static ArrowType floating(FloatingPointPrecision precision) {
    return new ArrowType.FloatingPoint(precision);
  }

  private void times() {
    long[] perSecond = {1, 1000, 1_000_000, 1_000_000_000};
    add("date32", new ArrowType.Date(DateUnit.DAY), 1, null, -1)
        .expect("1970-01-02", null, "1969-12-31");
    add("date64", new ArrowType.Date(DateUnit.MILLISECOND), 86_400_000L, null, -86_400_000L)
        .expect("1970-01-02", null, "1969-12-31");
    for (TimeUnit unit : TimeUnit.values()) {
      long second = perSecond[unit.ordinal()];
      add("ntz " + unit, new ArrowType.Timestamp(unit, null), second, null, -second)
          .expect("1970-01-01 00:00:01", null, "1969-12-31 23:59:59");
      add("tz " + unit, new ArrowType.Timestamp(unit, "+02:00"), second, null, -second)
          .expect("1970-01-01 00:00:01", null, "1969-12-31 23:59:59");
      add("duration " + unit, new ArrowType.Duration(unit), second, null, -60 * second)
          .expect(
              "INTERVAL '0 00:00:01' DAY TO SECOND", null, "INTERVAL '-0 00:01:00' DAY TO SECOND");
      int bits = unit.ordinal() < 2 ? 32 : 64;
      add("time " + unit, new ArrowType.Time(unit, bits), second, null, 0)
          .expect("00:00:01", null, "00:00:00");
    }
    add("months", new ArrowType.Interval(IntervalUnit.YEAR_MONTH), 13, null, -1)
        .expect("INTERVAL '1-1' YEAR TO MONTH", null, "INTERVAL '-0-1' YEAR TO MONTH");
  }

  private void nestedTypes() {
    Field text = Field.nullable("x", ArrowType.LargeUtf8.INSTANCE);
    add("list", ArrowType.List.INSTANCE, List.of(Field.nullable("x", INT32)))
        .fill(List.of(1, 2), null, List.of())
        .expect("[1, 2]", null, "[]");
    add("large list", ArrowType.LargeList.INSTANCE, List.of(text))
        .fill(List.of("a"), null, Arrays.asList("b", null))
        .expect("[a]", null, "[b, null]");
    add("fixed list", new ArrowType.FixedSizeList(2), List.of(Field.nullable("x", INT8)))
        .fill(List.of(1, 2), null, List.of(3, 4))
        .expect("[1, 2]", null, "[3, 4]");
    List<Field> fields = List.of(Field.nullable("a", new ArrowType.Int(8, false)), text);
    add("struct", ArrowType.Struct.INSTANCE, fields)
        .fill(Arrays.asList(200, null), null, List.of(1, "y"))
        .expect("{200, null}", null, "{1, y}");
    Field pair =
        new Field(
            "pairs",
            FieldType.notNullable(ArrowType.Struct.INSTANCE),
            List.of(Field.notNullable("keys", UTF8), Field.nullable("values", INT32)));
    add("map", new ArrowType.Map(false), List.of(pair))
        .fill(List.of(List.of("k", 1)), null, List.of(Arrays.asList("l", null), List.of("m", 2)))
        .expect("{k -> 1}", null, "{l -> null, m -> 2}");
  }

  private void dictionaries() {
    dictionary(1, "red", "grün", null);
    dictionary(2, "unused", "blue");
    FieldType categories =
        new FieldType(true, INT8, new DictionaryEncoding(1, false, (ArrowType.Int) INT8));
    FieldType unsigned =
        new FieldType(
            true,
            new ArrowType.Int(32, false),
            new DictionaryEncoding(2, true, new ArrowType.Int(32, false)));
    add(new Field("categories", categories, null)).fill(1, null, 2).expect("grün", null, null);
    add("list of categories", ArrowType.List.INSTANCE, List.of(new Field("x", unsigned, null)))
        .fill(List.of(1, 1), null, List.of())
        .expect("[blue, blue]", null, "[]");
  }

  private void dictionary(long id, Object... values) {
    FieldVector vector = Field.nullable("values", UTF8).createVector(fixture.allocator);
    IpcFixture.fill(vector, values);
    fixture.dictionaries.put(new Dictionary(vector, new DictionaryEncoding(id, false, null)));
  }

  @ParameterizedTest
  @CsvSource({"1500,2", "-1,-1"})
  void nanosecondsAreRoundedDownOnlyIfAsked(long nanoseconds, long microseconds) {
    add("at", new ArrowType.Timestamp(TimeUnit.NANOSECOND, "UTC"), 2000, nanoseconds);
    String path = write(false, CodecType.NO_COMPRESSION);
    Dataset<Row> exact = spark.read().format("arrow").load(path);

    String message = message(assertThrows(Exception.class, exact::collectAsList));
    List<Row> floored =
        spark
            .read()
            .format("arrow")
            .option("nanoseconds", "floor")
            .load(path)
            .selectExpr("unix_micros(at)")
            .collectAsList();

    assertTrue(message.contains("column 'at' (row 2 of its record batch)"), message);
    assertTrue(message.contains("nanoseconds=floor"), message);
    assertEquals(2, floored.get(0).getLong(0));
    assertEquals(Math.floorDiv(nanoseconds, 1000), floored.get(1).getLong(0));
  }

  @Test
  void timesBeyondSparksRangeAreAnError() {
    add("at", new ArrowType.Timestamp(TimeUnit.SECOND, null), Long.MAX_VALUE / 1000);
    Dataset<Row> table = spark.read().format("arrow").load(write(true, CodecType.NO_COMPRESSION));

    String message = message(assertThrows(Exception.class, table::collectAsList));

    assertTrue(message.contains("column 'at'") && message.contains("too far from 1970"), message);
  }

  @Test
  void typesThatSparkLacksAreRefusedByNameButNotIfNobodyReadsThem() {
    Field union =
        new Field(
            "either",
            FieldType.nullable(new ArrowType.Union(UnionMode.Sparse, new int[] {0})),
            List.of(Field.nullable("x", INT32)));
    add(union);
    add("wide", new ArrowType.Decimal(60, 2, 256));
    add("interval", new ArrowType.Interval(IntervalUnit.MONTH_DAY_NANO));
    add("text", UTF8, "a", "b");
    columns.subList(0, 3).forEach(vector -> vector.setValueCount(2));
    String path = write(false, CodecType.LZ4_FRAME);

    String message =
        message(assertThrows(Exception.class, () -> spark.read().format("arrow").load(path)));
    List<Row> texts = spark.read().format("arrow").schema("text string").load(path).collectAsList();

    assertTrue(message.contains("Column 'either' of the Arrow file"), message);
    assertTrue(message.contains("Union"), message);
    assertEquals("[[a], [b]]", texts.toString());
    for (String other : List.of("wide decimal(38,2)", "interval string")) {
      Dataset<Row> table = spark.read().format("arrow").schema(other).load(path);
      String refused = message(assertThrows(Exception.class, table::collectAsList));
      assertTrue(refused.contains("Column '" + other.split(" ")[0] + "'"), refused);
    }
  }

  private String write(boolean stream, CodecType codec) {
    Path path = folder.resolve("table" + columns.size());
    fixture.write(path, stream, codec, 1, columns.toArray(FieldVector[]::new));
    return path.toString();
  }

  private static String message(Throwable thrown) {
    StringBuilder all = new StringBuilder();
    for (Throwable at = thrown; at != null; at = at.getCause()) {
      all.append(at.getMessage()).append('\n');
    }
    return all.toString();
  }

  private ArrowTypesTest add(String name, ArrowType type, Object... values) {
    add(Field.nullable(name, type));
    return fill(values);
  }

  private ArrowTypesTest add(String name, ArrowType type, List<Field> children) {
    return add(new Field(name, FieldType.nullable(type), children));
  }

  private ArrowTypesTest add(Field field) {
    columns.add(field.createVector(fixture.allocator));
    return this;
  }

  private ArrowTypesTest fill(Object... values) {
    IpcFixture.fill(columns.get(columns.size() - 1), values);
    return this;
  }

  private void expect(String... values) {
    expected.add(Arrays.asList(values));
  }
}
