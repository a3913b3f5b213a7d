package org.sparkadept.decoder.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Ids of 200 nasty strings are those of the Python package {@code tokenizers}, for each kind of
 * vocabulary. The figures are from {@code decoder/src/test/python/token_ids.py}.
 */
class TokenIdsTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir Path directory;

  static Stream<Arguments> kinds() throws IOException {
    JsonNode all;
    try (InputStream in = TokenIdsTest.class.getResourceAsStream("token_ids.json")) {
      all = JSON.readTree(in);
    }
    List<String> strings = new ArrayList<>();
    all.get("strings").forEach(string -> strings.add(string.textValue()));
    assertEquals(200, strings.size());
    List<Arguments> kinds = new ArrayList<>();
    for (Map.Entry<String, JsonNode> kind : all.get("kinds").properties()) {
      kinds.add(Arguments.of(kind.getKey(), kind.getValue(), strings));
    }
    return kinds.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void idsAreThoseOfTheLibraryInPython(String name, JsonNode kind, List<String> strings)
      throws IOException {
    Path file = directory.resolve("tokenizer.json");
    Files.writeString(file, kind.get("tokenizer").toString());
    String[] expected = kind.get("ids").textValue().split(" ");
    byte[][] texts =
        strings.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new);
    try (TextTokenizer tokenizer = TextTokenizer.open(file)) {
      TokenizedText[] found = tokenizer.encode(texts, 1 << 16);
      for (int i = 0; i < texts.length; i++) {
        assertEquals(expected[i], fingerprint(found[i].ids()), name + ", " + strings.get(i));
      }
    }
  }

  /** How many, and their CRC-32. */
  private static String fingerprint(int[] ids) {
    ByteBuffer bytes =
        ByteBuffer.allocate(ids.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(ids);
    CRC32 crc = new CRC32();
    crc.update(bytes.array());
    return ids.length + ":" + HexFormat.of().toHexDigits((int) crc.getValue());
  }
}
