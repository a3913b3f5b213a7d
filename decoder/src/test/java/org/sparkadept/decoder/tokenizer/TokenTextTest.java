package org.sparkadept.decoder.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

class TokenTextTest {
  private static TokenText of(String json) throws JsonProcessingException {
    return TokenText.of(new ObjectMapper().readTree(json));
  }

  @Test
  void byteLevelTokensAreReadAsUtf8() throws JsonProcessingException {
    TokenText tokens =
        of("{\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"ByteLevel\"}]}}");

    assertEquals(" the", tokens.text("Ġthe"));
    assertEquals("grün", tokens.text("grÃ¼n"));
    assertEquals("\n", tokens.text("Ċ"));
    assertEquals("\uFFFD", tokens.text("Ã"));
    assertEquals("<|cls|>", tokens.text("<|cls|>"));
    assertEquals("名", tokens.text("名"));
  }

  @Test
  void othersWriteBlanksAsBars() throws JsonProcessingException {
    assertEquals(" the", of("{\"decoder\":{\"type\":\"Metaspace\"}}").text("▁the"));
  }
}
