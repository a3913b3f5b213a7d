package org.sparkadept.decoder.format.safetensors;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;
import static org.sparkadept.decoder.format.safetensors.RawSafetensors.entry;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.error.CheckpointException;

class SafetensorsHeaderTest {
  private static final int DATA_BYTES = 24;

  @TempDir Path folder;

  static Stream<Arguments> wrongHeaders() {
    return Stream.of(
        Arguments.of("not JSON", "hello", "not valid JSON"),
        Arguments.of("empty", "", "not a JSON object"),
        Arguments.of("blank", "      ", "not a JSON object"),
        Arguments.of("an array", "[]", "not a JSON object"),
        Arguments.of("cut", "{" + entry("w", "F32", "[6]", 0, 24), "not valid JSON"),
        Arguments.of("goes on", "{}{}", "goes on"),
        Arguments.of(
            "same name twice",
            "{" + entry("w", "F32", "[6]", 0, 24) + "," + entry("w", "F32", "[6]", 0, 24) + "}",
            "\"w\" is described twice"),
        Arguments.of(
            "same key twice",
            "{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F16\",\"shape\":[6],\"data_offsets\":[0,24]}}",
            "\"w\" has two dtype entries"),
        Arguments.of("no object", "{\"w\":7}", "\"w\" is not described by a JSON object"),
        Arguments.of("no dtype", "{\"w\":{\"shape\":[6],\"data_offsets\":[0,24]}}", "\"w\" needs"),
        Arguments.of(
            "dtype no string",
            "{\"w\":{\"dtype\":32,\"shape\":[6],\"data_offsets\":[0,24]}}",
            "\"w\" has a dtype that is not a string"),
        Arguments.of(
            "no shape", "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,24]}}", "\"w\" needs"),
        Arguments.of(
            "shape no array",
            "{" + entry("w", "F32", "6", 0, 24) + "}",
            "\"w\" has a shape that is not an array"),
        Arguments.of(
            "shape with a fraction",
            "{" + entry("w", "F32", "[6.0]", 0, 24) + "}",
            "\"w\" has a shape that holds something else"),
        Arguments.of(
            "negative dimension",
            "{" + entry("w", "F32", "[-2,-3]", 0, 24) + "}",
            "\"w\" has a negative number in its shape (-2)"),
        Arguments.of(
            "dimension beyond a long",
            "{" + entry("w", "F32", "[18446744073709551617]", 0, 24) + "}",
            "not valid JSON"),
        Arguments.of(
            "product beyond a long",
            "{" + entry("w", "F32", "[4294967296,4294967296]", 0, 24) + "}",
            "\"w\" has an impossibly large shape"),
        Arguments.of(
            "bytes beyond a long",
            "{" + entry("w", "F32", "[4611686018427387904]", 0, 24) + "}",
            "\"w\" has an impossibly large shape"),
        Arguments.of(
            "too many dimensions",
            "{" + entry("w", "F32", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,6]", 0, 24) + "}",
            "\"w\" has a shape of more than 16"),
        Arguments.of(
            "shape does not fit",
            "{" + entry("w", "F32", "[5]", 0, 24) + "}",
            "\"w\" has 24 bytes, but shape [5] in F32 takes 20"),
        Arguments.of(
            "half the bytes",
            "{" + entry("w", "BF16", "[6]", 0, 24) + "}",
            "\"w\" has 24 bytes, but shape [6] in BF16 takes 12"),
        Arguments.of(
            "negative offset",
            "{" + entry("w", "F32", "[6]", -24, 0) + "}",
            "\"w\" has a negative number in its data_offsets (-24)"),
        Arguments.of(
            "end before begin",
            "{" + entry("w", "F32", "[6]", 24, 0) + "}",
            "\"w\" ends (byte 0) before it begins (byte 24)"),
        Arguments.of(
            "three offsets",
            "{\"w\":{\"dtype\":\"F32\",\"shape\":[6],\"data_offsets\":[0,12,24]}}",
            "\"w\" needs"),
        Arguments.of(
            "overlap",
            "{" + entry("v", "F32", "[4]", 0, 16) + "," + entry("w", "F32", "[3]", 12, 24) + "}",
            "\"w\" overlaps tensor \"v\""),
        Arguments.of(
            "gap",
            "{" + entry("v", "F32", "[2]", 0, 8) + "," + entry("w", "F32", "[3]", 12, 24) + "}",
            "\"w\" leaves a gap of 4 bytes"),
        Arguments.of(
            "bytes left over",
            "{" + entry("w", "F32", "[5]", 0, 20) + "}",
            "4 bytes follow after the last tensor"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongHeaders")
  void aWrongHeaderIsRefusedInWords(String what, String header, String words) throws IOException {
    Path file = RawSafetensors.write(folder.resolve("w.safetensors"), header, new byte[DATA_BYTES]);
    assertFails(() -> SafetensorsStore.openFile(file), file, words, "again");
  }

  @Test
  void aTruncatedDownloadSaysHowManyBytesAreMissing() throws IOException {
    String header =
        "{" + entry("v", "F32", "[6]", 0, 24) + "," + entry("w", "F32", "[6]", 24, 48) + "}";
    Path file =
        RawSafetensors.write(folder.resolve("w.safetensors"), header, new byte[DATA_BYTES + 4]);
    long bytes = Files.size(file);
    assertFails(
        () -> SafetensorsStore.openFile(file),
        file,
        "is truncated",
        "requires " + (bytes + 20) + " bytes",
        "has " + bytes,
        "\"w\"",
        "download the file again");
  }

  @Test
  void invalidTextIsRefused() throws IOException {
    byte[] header = "{\"w?\":{}}".getBytes(StandardCharsets.US_ASCII);
    header[3] = (byte) 0xff;
    Path file = folder.resolve("w.safetensors");
    Files.write(file, RawSafetensors.bytes(header, new byte[0]));
    assertFails(() -> SafetensorsStore.openFile(file), file, "not valid UTF-8");
  }

  @Test
  void deepNestingIsRefusedWithoutExhaustingTheStack() throws IOException {
    String header = "{\"__metadata__\":" + "[".repeat(1_000_000) + "]".repeat(1_000_000) + "}";
    Path file = RawSafetensors.write(folder.resolve("w.safetensors"), header, new byte[0]);
    assertFails(() -> SafetensorsStore.openFile(file), file, "not valid JSON");
  }

  @Test
  void moreTensorsThanAnyModelHasAreRefused() throws IOException {
    StringBuilder header = new StringBuilder("{");
    for (int i = 0; i <= 1 << 18; i++) {
      header.append(i == 0 ? "" : ",").append(entry("t" + i, "F32", "[0]", 0, 0));
    }
    Path file = RawSafetensors.write(folder.resolve("w.safetensors"), header + "}", new byte[0]);
    assertFails(() -> SafetensorsStore.openFile(file), file, "more than 262144 tensors");
  }

  @Test
  void theLongestHeaderOfNothingIsRefused() throws IOException {
    Path file = RawSafetensors.write(folder.resolve("w.safetensors"), "{}", new byte[0]);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      channel.write(length.putLong(100_000_000).flip(), 0);
      channel.write(ByteBuffer.allocate(1), Long.BYTES + 100_000_000 - 1);
    }
    assertFails(() -> SafetensorsStore.openFile(file), file, "not valid JSON");
  }

  @Test
  void aLongNameIsCutInTheMessage() throws IOException {
    String name = "x".repeat(10_000);
    Path file =
        RawSafetensors.write(
            folder.resolve("w.safetensors"),
            "{" + entry(name, "F32", "[5]", 0, 24) + "}",
            new byte[DATA_BYTES]);
    CheckpointException failure = assertFails(() -> SafetensorsStore.openFile(file), "xxx…\"");
    assertTrue(failure.getMessage().length() < 500);
  }
}
