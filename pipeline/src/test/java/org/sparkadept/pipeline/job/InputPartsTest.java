package org.sparkadept.pipeline.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.pipeline.TestSpark;

/** Each file is a part: as large as Spark may make one, or larger and compressed. */
class InputPartsTest {
  private static final int KILOBYTES = 1 << 10;
  private static final int PART = 300 * KILOBYTES;
  private static final int CORES = 2;

  @TempDir private Path folder;
  private SparkSession spark;

  @BeforeEach
  void bound() {
    spark = TestSpark.session().newSession();
    spark.conf().set("spark.sql.files.maxPartitionBytes", PART);
    spark.conf().set("spark.sql.files.openCostInBytes", 0);
  }

  @Test
  void evenPartsEnoughForAllCoresAreLeft() throws IOException {
    write(8, PART, ".txt");

    assertEquals(0, wanted());
  }

  @Test
  void tooFewPartsAreMadeSeveralForEachCore() throws IOException {
    write(7, PART, ".txt");

    assertEquals(8, wanted());
  }

  @Test
  void smallFilesAreMadeOnePartForEachCore() throws IOException {
    write(1, PART / 10, ".gz");

    assertEquals(2, wanted());
  }

  @Test
  void anEmptyTableToo() throws IOException {
    write(1, 0, ".txt");

    assertEquals(2, wanted());
  }

  /** Nobody can begin to read a compressed file in its middle. */
  @Test
  void onePartThatIsMuchLargerThanTheOthersIsDealtOut() throws IOException {
    write(20, PART, ".txt");
    assertEquals(0, wanted());

    write(1, 30 * PART, ".gz");

    assertEquals(8, wanted());
  }

  @Test
  void partsOfASourceThatDoesNotTellTheirBytesAreCounted() throws IOException {
    spark.conf().set("spark.sql.sources.useV1SourceList", "");
    write(1, PART, ".gz");
    assertEquals(2, wanted());

    write(8, PART, ".txt");

    assertEquals(0, wanted());
  }

  private int wanted() {
    Dataset<Row> input = spark.read().text(folder.toString());
    return InputParts.wanted(input, "text", CORES);
  }

  private void write(int files, int bytes, String extension) throws IOException {
    for (int i = 0; i < files; i++) {
      Files.write(folder.resolve(i + extension), new byte[bytes]);
    }
  }
}
