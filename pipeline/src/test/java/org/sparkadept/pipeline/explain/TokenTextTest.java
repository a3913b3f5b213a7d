package org.sparkadept.pipeline.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;

class TokenTextTest {
  @TempDir private Path folder;

  private TokenText of(String json) throws IOException {
    return new TokenText(Files.writeString(folder.resolve("tokenizer.json"), json));
  }

  @Test
  void byteLevelTokensAreReadAsUtf8() throws IOException {
    TokenText text =
        of("{\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"ByteLevel\"}]}}");

    assertEquals(" the", text.of("Ġthe"));
    assertEquals("grün", text.of("grÃ¼n"));
    assertEquals("\n", text.of("Ċ"));
    assertEquals("\uFFFD", text.of("Ã"));
    assertEquals("<|cls|>", text.of("<|cls|>"));
    assertEquals("名", text.of("名"));
  }

  @Test
  void othersWriteBlanksAsBars() throws IOException {
    assertEquals(" the", of("{\"decoder\":{\"type\":\"Metaspace\"}}").of("▁the"));
  }

  @Test
  void aFileThatIsNotJsonIsNamed() {
    AdeptException thrown = assertThrows(AdeptException.class, () -> of("{"));
    assertEquals(true, thrown.getMessage().contains("tokenizer.json cannot be read"));
  }
}
