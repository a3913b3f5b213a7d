package org.sparkadept.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowFileTest {
  private static final String FIRST = "{\"id\":\"1\",\"label\":\"b\",\"text\":\"green tea\"}\n";
  private static final String SECOND = "{\"id\":\"2\",\"label\":\"a\",\"text\":\"blue sea\"}\n";

  @TempDir private Path folder;

  @Test
  void readsPlainAndCompressedFiles() throws IOException {
    List<LabelledRow> expected =
        List.of(new LabelledRow("1", "b", "green tea"), new LabelledRow("2", "a", "blue sea"));
    Path plain = file("rows.jsonl", FIRST + "\n" + SECOND);
    Path compressed = folder.resolve("rows.jsonl.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(compressed))) {
      out.write((FIRST + SECOND).getBytes(StandardCharsets.UTF_8));
    }
    assertEquals(expected, RowFile.read(plain));
    assertEquals(expected, RowFile.read(compressed));
  }

  @Test
  void namesFileAndLineOfABrokenRow() throws IOException {
    assertProblem(file("cut.jsonl", FIRST + "{\"id\":"), "cut.jsonl, line 2: not JSON");
    assertProblem(
        file("array.jsonl", FIRST + SECOND + "[]"), "array.jsonl, line 3: expected a JSON object");
    assertProblem(
        file("short.jsonl", "{\"id\":\"1\",\"text\":\"x\"}"), "line 1: field \"label\" is missing");
    assertProblem(
        file("blank.jsonl", "{\"id\":\"1\",\"label\":\"a\",\"text\":\" \"}"),
        "line 1: field \"text\" is blank");
    assertProblem(file("empty.jsonl", "\n"), "the file holds no row");
  }

  private static void assertProblem(Path file, String problem) {
    RowFile.RowFormatException thrown =
        assertThrows(RowFile.RowFormatException.class, () -> RowFile.read(file));
    assertTrue(thrown.getMessage().contains(problem), thrown.getMessage());
  }

  private Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }
}
