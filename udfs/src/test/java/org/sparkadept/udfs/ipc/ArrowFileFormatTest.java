package org.sparkadept.udfs.ipc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.DataStreamWriter;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.util.ArrowUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.udfs.TestSpark;

/** The data source {@code arrow} as a user of Spark sees it. */
class ArrowFileFormatTest {
  private static final String ARROW = "arrow";
  private static final int ROWS = 1000;

  private final SparkSession spark = TestSpark.session();
  @TempDir private Path folder;

  @AfterEach
  void everythingIsReleased() {
    assertEquals(0, ArrowUtils.rootAllocator().getAllocatedMemory(), "Arrow memory was leaked");
  }

  @ParameterizedTest
  @CsvSource({"file,none", "file,lz4", "stream,zstd"})
  void aRandomTableComesBackAsItWas(String ipc, String compression) {
    Dataset<Row> rows = randomTable(TestSeed.value());
    rows.write().parquet(path("parquet"));
    Dataset<Row> parquet = spark.read().parquet(path("parquet"));

    parquet
        .write()
        .format(ARROW)
        .option("ipc", ipc)
        .option("compression", compression)
        .option("batchRows", 100)
        .save(path(ARROW));
    Dataset<Row> arrow = spark.read().format(ARROW).load(path(ARROW));

    assertEquals(parquet.schema(), arrow.schema());
    assertEquals(parquet.orderBy("id").collectAsList(), arrow.orderBy("id").collectAsList());
    String extension = ipc.equals("file") ? ".arrow" : ".arrows";
    assertTrue(files(path(ARROW)).stream().allMatch(name -> name.endsWith(extension)));
  }

  /** Settings under which Spark takes rows, or takes batches in other ways. */
  @ParameterizedTest
  @CsvSource({
    "spark.sql.codegen.wholeStage,false",
    "spark.sql.codegen.maxFields,5",
    "spark.sql.codegen.factoryMode,NO_CODEGEN",
    "spark.sql.columnVector.offheap.enabled,true",
    "spark.sql.adaptive.enabled,false",
    "spark.sql.ansi.enabled,false",
    "spark.sql.caseSensitive,true"
  })
  void settingsOfThePlanDoNotMatter(String key, String value) {
    randomTable(TestSeed.value())
        .withColumn("part", functions.expr("concat('p', id % 2)"))
        .write()
        .format(ARROW)
        .option("batchRows", 100)
        .partitionBy("part")
        .save(path(ARROW));
    String query =
        "select *, _metadata.file_name f from arrow.`" + path(ARROW) + "` where id > 3 order by id";
    List<Row> expected = spark.sql(query).collectAsList();
    String before = spark.conf().get(key);
    spark.conf().set(key, value);
    try {
      assertEquals(expected, spark.sql(query).collectAsList());
      assertEquals(ROWS, spark.sql("select 1 from arrow.`" + path(ARROW) + "`").count());
      assertEquals(1, spark.sql("select * from arrow.`" + path(ARROW) + "` limit 1").count());
    } finally {
      spark.conf().set(key, before);
    }
    assertEquals(ROWS - 4, expected.size());
  }

  /** Spark takes rows of tables with more columns than its generated code can handle. */
  @Test
  void aTableMayHaveManyColumns() {
    String[] columns =
        IntStream.range(0, 150).mapToObj(i -> "id + " + i + " c" + i).toArray(String[]::new);
    Dataset<Row> rows = spark.range(0, 20, 1, 1).selectExpr(columns);
    rows.write().format(ARROW).save(path(ARROW));

    Dataset<Row> read = spark.read().format(ARROW).load(path(ARROW));

    assertEquals(rows.collectAsList(), read.collectAsList());
  }

  private Dataset<Row> randomTable(long seed) {
    List<String> columns = new ArrayList<>(List.of("id"));
    String[] expressions = {
      "concat(repeat('ä€', int(id % 50)), hex(RANDOM)) text",
      "unhex(hex(RANDOM)) bytes",
      "RANDOM % 2 = 0 b",
      "cast(RANDOM % 128 as tinyint) i8",
      "cast(RANDOM % 32768 as smallint) i16",
      "cast(RANDOM % 2147483648 as int) i32",
      "cast(RANDOM as float) f32",
      "if(id % 9 = 0, double('NaN'), id / 7D) f64",
      "cast(RANDOM / 1000BD as decimal(38,6)) d",
      "date_add(date'1970-01-01', int(RANDOM % 100000)) day",
      "timestamp_micros(RANDOM % 4000000000000000) ts",
      "cast(timestamp_micros(RANDOM % 4000000000000000) as timestamp_ntz) ntz",
      "make_dt_interval(0, 0, 0, id / 1000BD) dt",
      "make_ym_interval(int(id), 1) ym",
      "transform(sequence(0, id % 5), i -> if(i = 2, null, i)) list",
      "named_struct('a', if(id % 3 = 0, null, id), 'b', hex(id)) struct",
      "map('k', id, hex(id), null) map",
      "array(array(hex(id)), array(), null) nested"
    };
    for (String expression : expressions) {
      int as = expression.lastIndexOf(' ');
      String random = String.format("xxhash64(id, %d, %dL)", columns.size(), seed);
      String value = expression.substring(0, as).replace("RANDOM", random);
      columns.add("if(" + random + " % 7 = 0, null, " + value + ")" + expression.substring(as));
    }
    return spark.range(0, ROWS, 1, 3).selectExpr(columns.toArray(new String[0]));
  }

  @ParameterizedTest
  @ValueSource(strings = {"file", "stream"})
  void arrowsOwnReaderReadsWhatIsWritten(String ipc) throws IOException {
    rows(ROWS).coalesce(1).write().format(ARROW).option("ipc", ipc).save(path(ARROW));
    Path file = folder.resolve(ARROW).resolve(files(path(ARROW)).get(0));
    try (IpcFixture fixture = new IpcFixture();
        ArrowReader reader =
            ipc.equals("file")
                ? new ArrowFileReader(Files.newByteChannel(file), fixture.allocator)
                : new ArrowStreamReader(Files.newByteChannel(file), fixture.allocator)) {
      long rows = 0;
      while (reader.loadNextBatch()) {
        rows += reader.getVectorSchemaRoot().getRowCount();
      }
      assertEquals(ROWS, rows);
      assertEquals(
          "Schema<id: Int(64, true), text: Utf8>",
          reader.getVectorSchemaRoot().getSchema().toString());
    }
  }

  @Test
  void manySmallSplitsHaveEachRowOnce() throws IOException {
    rows(ROWS).coalesce(1).write().format(ARROW).option("batchRows", 10).save(path("file"));
    rows(ROWS)
        .coalesce(1)
        .write()
        .format(ARROW)
        .option("batchRows", 10)
        .option("ipc", "stream")
        .save(path("stream"));
    Path stream = folder.resolve("stream").resolve(files(path("stream")).get(0));
    assertEquals(
        1, spark.read().format(ARROW).load(stream.toString()).javaRDD().getNumPartitions());
    Files.move(stream, folder.resolve("stream/of another name"));
    spark.conf().set("spark.sql.files.maxPartitionBytes", "1000");
    spark.conf().set("spark.sql.files.openCostInBytes", "0");
    try {
      for (String ipc : List.of("file", "stream")) {
        Dataset<Row> table = spark.read().format(ARROW).load(path(ipc));
        assertTrue(table.javaRDD().getNumPartitions() > 20, "splits");
        assertEquals(rows(ROWS).collectAsList(), table.orderBy("id").collectAsList(), ipc);
      }
    } finally {
      spark.conf().unset("spark.sql.files.maxPartitionBytes");
      spark.conf().unset("spark.sql.files.openCostInBytes");
    }
  }

  @Test
  void sqlReadsAndCreatesTables() {
    rows(ROWS).write().format(ARROW).save(path(ARROW));

    assertEquals(
        ROWS, spark.sql("select count(*) from arrow.`" + path(ARROW) + "`").head().getLong(0));
    spark.sql("drop table if exists arrow_table");
    spark.sql("create table arrow_table using arrow as select 1 a, 'b' b");
    assertEquals("[[1,b]]", spark.sql("select * from arrow_table").collectAsList().toString());
    spark.sql("drop table arrow_table");
  }

  @Test
  void partitionsAndFileNamesAreColumns() {
    rows(ROWS)
        .selectExpr("id", "text", "id % 3 k", "if(id % 2 = 0, 'x', null) l")
        .write()
        .partitionBy("k", "l")
        .format(ARROW)
        .save(path(ARROW));
    Dataset<Row> table = spark.read().format(ARROW).load(path(ARROW));

    assertEquals(List.of("id", "text", "k", "l"), List.of(table.columns()));
    assertEquals(
        ROWS,
        table
            .where("k = id % 3 and l <=> if(id % 2 = 0, 'x', null)")
            .where("_metadata.file_name like '%.arrow'")
            .count());
    assertEquals(ROWS / 2, table.where("l = 'x'").selectExpr("count(1)").head().getLong(0));
    assertEquals(0, table.where("k = 5").count());
  }

  @Test
  void columnsAreFoundByNameWhateverTheirOrderAndCase() {
    rows(2).coalesce(1).selectExpr("id", "text").write().format(ARROW).save(path(ARROW));
    rows(2)
        .coalesce(1)
        .selectExpr("text", "id + 2 id")
        .write()
        .mode(SaveMode.Append)
        .format(ARROW)
        .save(path(ARROW));

    Dataset<Row> table =
        spark.read().format(ARROW).schema("TEXT string, id bigint").load(path(ARROW));

    assertEquals(
        "[[0,text 0], [1,text 1], [2,text 0], [3,text 1]]",
        spark
            .read()
            .format(ARROW)
            .load(path(ARROW))
            .select("id", "text")
            .orderBy("id")
            .collectAsList()
            .toString());
    assertEquals(2, table.where("TEXT = 'text 1'").count());
  }

  @Test
  void filesOfDifferentSchemasAreRefusedBeforeTheJobBegins() {
    rows(5).coalesce(1).write().format(ARROW).save(path("more"));
    rows(5).coalesce(1).selectExpr("id").write().mode("append").format(ARROW).save(path("more"));
    rows(5).coalesce(1).write().format(ARROW).save(path("type"));
    rows(5)
        .coalesce(1)
        .selectExpr("id", "id text")
        .write()
        .mode("append")
        .format(ARROW)
        .save(path("type"));

    String more = failure(() -> spark.read().format(ARROW).load(path("more")));
    String type = failure(() -> spark.read().format(ARROW).load(path("type")));
    Dataset<Row> unchecked =
        spark.read().format(ARROW).schema("id bigint, text string").load(path("more"));
    String whenRead = failure(unchecked::collectAsList);

    assertTrue(more.contains("has a column 'text'"), more);
    assertTrue(more.matches("(?s).*part-[^ ]*\\.arrow and [^ ]*part-[^ ]*\\.arrow differ.*"), more);
    assertTrue(type.matches("(?s).*column 'text' is (STRING|BIGINT) in the first and.*"), type);
    assertTrue(whenRead.contains("has no column 'text'"), whenRead);
    assertTrue(whenRead.contains("it has [id]"), whenRead);
    assertEquals(10, spark.read().format(ARROW).schema("id bigint").load(path("more")).count());
    assertFalse(
        spark.read().format(ARROW).option("checkSchemas", false).load(path("more")).isEmpty());
  }

  @Test
  void anEmptyTableKeepsItsSchema() {
    rows(0).write().format(ARROW).save(path(ARROW));

    Dataset<Row> table = spark.read().format(ARROW).load(path(ARROW));

    assertEquals("id BIGINT,text STRING", table.schema().toDDL());
    assertEquals(0, table.count());
  }

  @Test
  void typesThatArrowLacksAreRefusedByName() {
    String message =
        failure(
            () ->
                spark
                    .sql("select 1 id, parse_json('{}') v")
                    .write()
                    .format(ARROW)
                    .save(path(ARROW)));

    assertTrue(message.contains("Arrow") && message.contains("`v`"), message);
  }

  @ParameterizedTest
  @CsvSource({
    "ipc,pipe,'file, stream'",
    "compression,gzip,'none, lz4, zstd'",
    "batchRows,0,a number from 1",
    "batchBytes,many,a number from 1"
  })
  void wrongOptionsSayWhatIsRight(String name, String value, String right) {
    String message =
        failure(() -> rows(1).write().format(ARROW).option(name, value).save(path(ARROW)));

    assertTrue(message.contains("Option " + name) && message.contains(right), message);
    assertTrue(message.contains("'" + value + "'"), message);
  }

  @Test
  void streamsOfSparkReadAndWriteIt() throws Exception {
    rows(10).write().format(ARROW).save(path("in"));
    DataStreamWriter<Row> query =
        spark
            .readStream()
            .format(ARROW)
            .schema(rows(0).schema())
            .load(path("in"))
            .writeStream()
            .format(ARROW)
            .trigger(Trigger.AvailableNow())
            .option("checkpointLocation", path("checkpoint"));

    query.start(path("out")).awaitTermination();
    rows(5).selectExpr("id + 10 id", "text").write().mode("append").format(ARROW).save(path("in"));
    query.start(path("out")).awaitTermination();

    assertEquals(15, spark.read().format(ARROW).load(path("out")).distinct().count());
  }

  @Test
  void textsThatAreNotUtf8ComeBackByteByByte() {
    spark
        .sql("select cast(unhex('C328') as string) text")
        .coalesce(1)
        .write()
        .format(ARROW)
        .save(path(ARROW));

    assertEquals(
        "C328",
        spark
            .read()
            .format(ARROW)
            .load(path(ARROW))
            .selectExpr("hex(cast(text as binary))")
            .head()
            .getString(0));
  }

  private Dataset<Row> rows(long count) {
    return spark.range(0, count, 1, 2).selectExpr("id", "concat('text ', id) text");
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }

  private static List<String> files(String path) {
    try (Stream<Path> all = Files.list(Path.of(path))) {
      return all.map(file -> file.getFileName().toString())
          .filter(name -> name.startsWith("part-"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String failure(org.junit.jupiter.api.function.Executable work) {
    StringBuilder all = new StringBuilder();
    for (Throwable at = assertThrows(Exception.class, work); at != null; at = at.getCause()) {
      all.append(at.getMessage()).append('\n');
    }
    return all.toString();
  }
}
