package org.sparkadept.benchmarks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.decoder.fixture.TinyGguf;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.tokenizer.TextTokenizer;
import picocli.CommandLine;

class GgufCheckTest {
  private static final String TEXT = "the grün text";

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();

  @Test
  void otherIdsAreCountedAndShown() throws IOException {
    Path model =
        TinyGguf.of(TinyCheckpoint.llama().withoutHead())
            .write(folder.resolve("tiny").resolve("gguf"));
    int[] ids;
    try (Checkpoint checkpoint = Checkpoint.open(model);
        TextTokenizer tokenizer = TextTokenizer.of(checkpoint)) {
      byte[][] texts = {TEXT.getBytes(StandardCharsets.UTF_8)};
      ids = tokenizer.encode(texts, 100)[0].ids();
    }
    write(ids);
    assertEquals(0, run());
    assertTrue(out.toString().contains("| tiny | 1 | 0 |"), out.toString());
    ids[1]++;
    write(ids);
    assertEquals(1, run());
    assertTrue(out.toString().contains("| tiny | 1 | 1 |"), out.toString());
    assertTrue(out.toString().contains("tiny: \"" + TEXT + "\" is ["), out.toString());
  }

  @Test
  void aFolderWithoutCasesFails() {
    assertEquals(1, run());
    assertTrue(out.toString().contains(folder + ": no cases"), out.toString());
  }

  private void write(int[] ids) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = mapper.createObjectNode();
    json.putArray("texts").add(TEXT);
    json.putArray("ids").add(mapper.valueToTree(ids));
    mapper.writeValue(folder.resolve("tiny").resolve("ids.json").toFile(), json);
  }

  private int run() {
    CommandLine command = new CommandLine(new GgufCheck());
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
    return command.execute(folder.toString());
  }
}
