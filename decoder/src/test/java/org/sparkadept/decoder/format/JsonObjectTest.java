package org.sparkadept.decoder.format;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("some.json");
  }

  @Test
  void valuesAreReadByType() throws IOException {
    JsonObject json =
        read(
            "{\"n\":7,\"x\":1e-5,\"t\":\"text\",\"b\":true,\"none\":null,\"l\":[\"a\",\"b\"],"
                + "\"i\":[3,1],\"o\":{\"k\":\"v\"}}");
    assertEquals(7, json.positive("n", 10));
    assertEquals(7, json.positive("none", 10, 7));
    assertEquals(1e-5, json.number("x"));
    assertEquals("text", json.text("t"));
    assertTrue(json.flag("b", false));
    assertTrue(json.flag("none", true));
    assertEquals(List.of("a", "b"), json.texts("l"));
    assertArrayEquals(new int[] {3, 1}, json.integers("i"));
    assertEquals(Map.of("k", "v"), json.textMap("o"));
    assertFalse(json.has("none"));
    assertTrue(json.mentions("none"));
    assertFalse(json.mentions("absent"));
    assertEquals(file, json.file());
  }

  @Test
  void wrongTypesAreNamedWithFileAndKey() throws IOException {
    JsonObject json =
        read(
            "{\"n\":7,\"x\":1.5,\"t\":\"text\",\"l\":[1,\"a\"],\"none\":null,\"o\":{\"k\":7},"
                + "\"big\":99999999999,\"huge\":1e999}");
    assertFails(() -> json.positive("x", 10), file, "\"x\"", "whole number", "1.5");
    assertFails(() -> json.positive("n", 6), file, "\"n\"", "from 1 to 6", "is 7");
    assertFails(() -> json.positive("big", 10), file, "\"big\"", "99999999999");
    assertFails(() -> json.positive("absent", 10), file, "\"absent\" is missing");
    assertFails(() -> json.positive("none", 10), file, "\"none\" is missing");
    assertFails(() -> json.number("t"), file, "\"t\"", "\"text\"");
    assertFails(() -> json.number("huge"), file, "\"huge\"");
    assertFails(() -> json.text("n"), file, "\"n\"", "a string");
    assertFails(() -> json.flag("n", true), file, "\"n\"", "true or false");
    assertFails(() -> json.texts("l"), file, "\"l\"", "strings only");
    assertFails(() -> json.integers("l"), file, "\"l\"", "whole numbers only");
    assertFails(() -> json.texts("o"), file, "\"o\"", "an array", "an object");
    assertFails(() -> json.object("l"), file, "\"l\"", "a JSON object", "an array");
    assertFails(() -> json.object("o").text("k"), file, "\"o.k\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "  ", "7", "[]", "null", "{", "{}{}", "{} x", "{\"a\":1,\"a\":2}", "\u0000"})
  void whatIsNoJsonObjectIsRefused(String text) throws IOException {
    Files.writeString(file, text);
    assertFails(() -> JsonObject.read(file), file);
  }

  @Test
  void deepNestingIsRefused() throws IOException {
    Files.writeString(file, "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}");
    assertFails(() -> JsonObject.read(file), file, "not valid JSON");
  }

  @Test
  void aMissingFileAFolderAndAHugeFileAreRefused() throws IOException {
    assertFails(() -> JsonObject.read(file), file, "does not exist");
    assertFails(() -> JsonObject.read(folder), folder, "is a folder");
    Files.write(file, new byte[(32 << 20) + 1]);
    assertFails(() -> JsonObject.read(file), file, (32 << 20) + 1 + " bytes");
  }

  private JsonObject read(String text) throws IOException {
    Files.writeString(file, text);
    return JsonObject.read(file);
  }
}
