package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.util.ArrowUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;

/** The commands on Arrow files, from and to other programs. */
class ArrowCommandTest extends CommandTest {
  private static final int ROWS = 40;
  private static final String ARROW = "arrow";

  @BeforeEach
  void writeInput() {
    write(input, 0, ARROW);
  }

  @AfterEach
  void everythingIsGivenBack() {
    spark.conf().unset("spark.sql.files.maxPartitionBytes");
    spark.conf().unset("spark.sql.files.openCostInBytes");
    assertEquals(0, ArrowUtils.rootAllocator().getAllocatedMemory(), "Arrow memory was leaked");
  }

  @Test
  void classifiesAsFromParquet() {
    Path parquet = folder.resolve("parquet");
    Path expected = folder.resolve("expected");
    write(parquet, 0, "parquet");

    classify("-f", ARROW).assertOk();
    classify("-i", parquet, "-o", expected).assertOk();

    assertEquals(rows(expected), answers());
    assertEquals(2, answers().stream().filter(row -> row.isNullAt(2)).count());
  }

  @Test
  void readsOneFileAndWritesCompressedStreams() throws IOException {
    Path file = Files.move(onlyPart(input), folder.resolve("handed over.feather"));
    Object[] options = {
      "-f",
      ARROW,
      "-i",
      file,
      "--write-option",
      "ipc=stream",
      "--write-option",
      "compression=zstd",
      "--partitions",
      "0"
    };

    classify(options).assertOk();

    assertEquals(ROWS, answers().size());
    assertTrue(onlyPart(output).toString().endsWith(".arrows"));
  }

  @Test
  void aTableInOneBatchIsDealtOutHoweverLargeItIs() {
    String small = "spark.sql.files.maxPartitionBytes=100";

    classify("-f", ARROW, "--conf", small, "--conf", "spark.sql.files.openCostInBytes=0")
        .assertOk();

    assertEquals(ROWS, answers().size());
    assertEquals(2, read(output).selectExpr("input_file_name()").distinct().count());
  }

  @Test
  void incrementalRunsAddWhatIsNew() {
    incremental().assertOk();
    write(input, ROWS, ARROW);
    incremental().assertOk("rows                    40");
    incremental().assertOk();

    assertEquals(2 * ROWS, answers().size());
    assertEquals(2 * ROWS, read(output).distinct().count());
  }

  @Test
  void whatIsNoArrowFileIsUnusableAndLeavesNothing() throws IOException {
    Files.writeString(input.resolve("notes.arrow"), "not a table at all");

    classify("-f", ARROW).assertFails(3, "notes.arrow is no Arrow IPC file");

    assertTrue(Files.notExists(output));
  }

  @Test
  void aFileThatIsCutOffFailsTheJobAndLeavesNothing() throws IOException {
    Path stream = folder.resolve("stream");
    read(input).write().format(ARROW).option("ipc", "stream").save(stream.toString());
    byte[] whole = Files.readAllBytes(onlyPart(stream));
    Path cut = folder.resolve("cut.arrows");
    Files.write(cut, Arrays.copyOf(whole, whole.length / 2));

    classify("-f", ARROW, "-i", cut).assertFails(3, "cut.arrows is cut off or damaged");

    assertTrue(Files.notExists(output));
  }

  private CommandRun incremental() {
    return classify("-f", ARROW, "--incremental", "--checkpoint", folder.resolve("checkpoint"));
  }

  private void write(Path table, long first, String format) {
    spark
        .range(first, first + ROWS, 1, 1)
        .selectExpr("id", "if(id % 20 = 7, null, concat('text number ', id)) text")
        .write()
        .mode(SaveMode.Append)
        .format(format)
        .save(table.toString());
  }

  private Dataset<Row> read(Path table) {
    return spark.read().format(ARROW).load(table.toString());
  }

  private List<Row> answers() {
    return read(output).orderBy("id").collectAsList();
  }

  private static Path onlyPart(Path table) {
    List<String> parts = names(table, "part-");
    assertEquals(1, parts.size(), parts::toString);
    return table.resolve(parts.get(0));
  }
}
