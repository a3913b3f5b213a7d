package org.sparkadept.benchmarks.real;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.benchmarks.measure.LabelledTexts;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TestSeed;

class SampledRowsTest {
  @TempDir private Path folder;

  /** Writes a gzipped file of rows. */
  static void write(Path file, List<String> lines) throws IOException {
    Files.createDirectories(file.getParent());
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(String.join("\n", lines).getBytes(StandardCharsets.UTF_8));
    }
  }

  private static List<String> lines(int count) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add("{\"id\": 1, \"text\": \"grün " + i + "\", \"label\": \"" + i % 3 + "\"}");
    }
    return lines;
  }

  private SampledRows sample(List<String> train, int trainRows) throws IOException {
    write(folder.resolve("data/train.jsonl.gz"), train);
    write(folder.resolve("data/test.jsonl.gz"), lines(20));
    return SampledRows.of(
        folder.resolve("data"),
        folder.resolve("rows"),
        new DataSetSettings("data", trainRows, 5, 0, Double.NaN));
  }

  @Test
  void theSameRowsAreTakenInWhateverOrderTheyCome() throws IOException {
    List<String> lines = lines(50);
    TreeSet<String> first = texts(sample(lines, 12).train());
    Collections.shuffle(lines, TestSeed.random());
    SampledRows second = sample(lines, 12);

    assertEquals(12, first.size());
    assertEquals(first, texts(second.train()));
    assertEquals(5, second.test().texts().length);
    assertTrue(texts(sample(lines, 13).train()).containsAll(first), "fewer rows are among more");
  }

  private static TreeSet<String> texts(LabelledTexts rows) {
    TreeSet<String> texts = new TreeSet<>();
    for (byte[] text : rows.texts()) {
      texts.add(new String(text, StandardCharsets.UTF_8));
    }
    return texts;
  }

  @Test
  void theFilesHoldTheRowsAndAreLeftAloneTheSecondTime() throws IOException {
    SampledRows rows = sample(lines(30), 100);
    LabelledTexts read = LabelledTexts.read(rows.trainFile(), "text", "label", 100);
    assertArrayEquals(rows.train().labels(), read.labels());
    assertArrayEquals(rows.train().texts()[7], read.texts()[7]);
    FileTime old = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(rows.trainFile(), old);

    assertEquals(rows.hash(), sample(lines(30), 100).hash());
    assertEquals(old, Files.getLastModifiedTime(rows.trainFile()));
  }

  @Test
  void rowsWithoutTextOrLabelAreLeftOut() throws IOException {
    List<String> lines = lines(4);
    lines.add("{\"text\": \"  \", \"label\": \"1\"}");
    lines.add("{\"text\": \"a\", \"label\": \"\"}");
    lines.add("{\"text\": \"a\"}");
    SampledRows rows = sample(lines, 100);

    assertEquals(4, rows.train().texts().length);
    assertEquals(List.of("0", "1", "2"), rows.labels());
    assertEquals(-1, rows.truths(new LabelledTexts(new byte[1][], new String[] {"9"}))[0]);
  }

  @Test
  void whatCannotBeUsedIsToldByName() {
    AdeptException none =
        assertThrows(AdeptException.class, () -> sample(List.of("{\"text\": \"a\"}"), 9));
    assertTrue(none.getMessage().contains("train.jsonl.gz has no row"), none.getMessage());
    AdeptException one = assertThrows(AdeptException.class, () -> sample(lines(1), 9));
    assertTrue(one.getMessage().contains("have the label '0'"), one.getMessage());
    AdeptException absent =
        assertThrows(
            AdeptException.class,
            () ->
                SampledRows.of(
                    folder.resolve("nowhere"),
                    folder,
                    new DataSetSettings("nowhere", 1, 1, 0, Double.NaN)));
    assertTrue(absent.getMessage().startsWith("There is no "), absent.getMessage());
  }
}
