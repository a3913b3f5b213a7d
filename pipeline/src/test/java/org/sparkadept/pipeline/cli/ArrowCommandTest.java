package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.util.ArrowUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.TestModel;
import org.sparkadept.pipeline.TestSpark;

/** The commands on Arrow files, from and to other programs. */
class ArrowCommandTest {
  private static final int ROWS = 40;
  private static final String ARROW = "arrow";

  @TempDir private static Path shared;
  private static Path model;

  @TempDir private Path folder;
  private final SparkSession spark = TestSpark.session();

  @BeforeAll
  static void writeModel() throws IOException {
    model = TestModel.write(shared);
  }

  @AfterEach
  void everythingIsGivenBack() {
    spark.conf().unset("spark.sql.files.maxPartitionBytes");
    spark.conf().unset("spark.sql.files.openCostInBytes");
    assertEquals(0, ArrowUtils.rootAllocator().getAllocatedMemory(), "Arrow memory was leaked");
  }

  @Test
  void classifiesAsFromParquet() {
    addRows(0, ARROW);
    addRows(0, "parquet");

    CommandRun arrow = classify("-f", ARROW, "-i", path(ARROW), "-o", path("answers"));
    CommandRun parquet = classify("-i", path("parquet"), "-o", path("expected"));

    assertEquals(0, arrow.code(), arrow.err());
    assertEquals(0, parquet.code(), parquet.err());
    assertEquals(
        spark.read().parquet(path("expected")).orderBy("id").collectAsList(), answers("answers"));
    assertEquals(2, answers("answers").stream().filter(row -> row.isNullAt(2)).count());
  }

  @Test
  void readsOneFileAndWritesCompressedStreams() throws IOException {
    addRows(0, ARROW);
    Path file = Files.move(onlyPart(path(ARROW)), folder.resolve("handed over.feather"));

    CommandRun run =
        classify(
            "--format",
            ARROW,
            "-i",
            file,
            "-o",
            path("out"),
            "--write-option",
            "ipc=stream",
            "--write-option",
            "compression=zstd",
            "--partitions",
            "0");

    assertEquals(0, run.code(), run.err());
    assertEquals(ROWS, answers("out").size());
    assertTrue(onlyPart(path("out")).toString().endsWith(".arrows"));
  }

  @Test
  void aTableInOneBatchIsDealtOutHoweverLargeItIs() {
    addRows(0, ARROW);

    CommandRun run =
        classify(
            "--format",
            ARROW,
            "-i",
            path(ARROW),
            "-o",
            path("out"),
            "--conf",
            "spark.sql.files.maxPartitionBytes=100",
            "--conf",
            "spark.sql.files.openCostInBytes=0");

    assertEquals(0, run.code(), run.err());
    assertEquals(ROWS, answers("out").size());
    Dataset<Row> out = spark.read().format(ARROW).load(path("out"));
    assertEquals(2, out.selectExpr("input_file_name()").distinct().count());
  }

  @Test
  void incrementalRunsAddWhatIsNew() {
    addRows(0, ARROW);
    CommandRun first = incremental();
    addRows(ROWS, ARROW);
    CommandRun second = incremental();
    CommandRun third = incremental();

    assertEquals(0, first.code(), first.err());
    assertEquals(0, second.code(), second.err());
    assertEquals(0, third.code(), third.err());
    assertTrue(second.out().contains("rows                    40"), second.out());
    assertEquals(2 * ROWS, answers("out").size());
    assertEquals(2 * ROWS, spark.read().format(ARROW).load(path("out")).distinct().count());
  }

  @Test
  void whatIsNoArrowFileIsUnusableAndLeavesNothing() throws IOException {
    addRows(0, ARROW);
    Files.writeString(Path.of(path(ARROW), "notes.arrow"), "not a table at all");

    CommandRun notArrow = classify("-f", ARROW, "-i", path(ARROW), "-o", path("out"));

    assertEquals(3, notArrow.code());
    assertTrue(notArrow.err().contains("notes.arrow is no Arrow IPC file"), notArrow.err());
    assertTrue(Files.notExists(Path.of(path("out"))));
  }

  @Test
  void aFileThatIsCutOffFailsTheJobAndLeavesNothing() throws IOException {
    addRows(0, ARROW);
    Path stream = folder.resolve("cut.arrows");
    spark
        .read()
        .format(ARROW)
        .load(path(ARROW))
        .write()
        .format(ARROW)
        .option("ipc", "stream")
        .save(path("stream"));
    byte[] whole = Files.readAllBytes(onlyPart(path("stream")));
    Files.write(stream, Arrays.copyOf(whole, whole.length / 2));

    CommandRun run = classify("-f", ARROW, "-i", stream, "-o", path("out"));

    assertEquals(3, run.code());
    assertTrue(run.err().contains("cut.arrows is cut off or damaged"), run.err());
    assertTrue(Files.notExists(Path.of(path("out"))));
  }

  private CommandRun incremental() {
    return classify(
        "-f",
        ARROW,
        "-i",
        path(ARROW),
        "-o",
        path("out"),
        "--incremental",
        "--checkpoint",
        path("checkpoint"));
  }

  private static CommandRun classify(Object... arguments) {
    List<Object> all = new ArrayList<>(List.of("classify", "--model", model));
    all.addAll(List.of(arguments));
    return CommandRun.of(all.toArray());
  }

  private void addRows(long first, String format) {
    spark
        .range(first, first + ROWS, 1, 1)
        .selectExpr("id", "if(id % 20 = 7, null, concat('text number ', id)) text")
        .write()
        .mode(SaveMode.Append)
        .format(format)
        .save(path(format));
  }

  private List<Row> answers(String name) {
    return spark.read().format(ARROW).load(path(name)).orderBy("id").collectAsList();
  }

  private static Path onlyPart(String path) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(path))) {
      List<Path> parts =
          files.filter(file -> file.getFileName().toString().startsWith("part-")).toList();
      assertEquals(1, parts.size(), parts::toString);
      return parts.get(0);
    }
  }

  private String path(String name) {
    return folder.resolve(name).toString();
  }
}
