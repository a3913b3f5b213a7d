package org.sparkadept.pipeline.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.pipeline.CommandRun;
import org.sparkadept.pipeline.CommandTest;

/** A fit, which sends all that there is to send, under {@code spark.serializer} Kryo. */
class KryoSerializerTest extends CommandTest {
  @BeforeEach
  void writeModelAndRows() throws IOException {
    model = TinyCheckpoint.llama().withoutHead().write(folder.resolve("model"));
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 900; i++) {
      String text = (i % 2 == 0 ? "aabbcc" : "xxyyzz").repeat(1 + i % 3) + " " + i % 89;
      lines.add(LabelledTexts.line(text, i % 2 == 0 ? "a" : "x"));
    }
    Files.write(input, lines);
  }

  /** In a JVM of its own, since this one has a session. */
  @Test
  void aModelIsFitted() throws Exception {
    List<String> args = new ArrayList<>(List.of("fit", "--master", "local[2]"));
    args.addAll(List.of("--conf", "spark.serializer=org.apache.spark.serializer.KryoSerializer"));
    args.addAll(List.of("-i", input.toString(), "-f", "json", "-l", "label"));
    args.addAll(List.of("--model", model.toString(), "-o", output.toString()));
    args.addAll(List.of("--exit-layers", "1,3", "--token-exit-layers", "1"));
    args.addAll(List.of("--max-disagreement", "0.05"));

    Process process = CommandRun.inOwnJvm("-Xmx900m", args.toArray(new String[0])).start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertEquals(0, process.waitFor(), printed);
    assertTrue(Files.exists(output.resolve("adept.json")));
  }
}
