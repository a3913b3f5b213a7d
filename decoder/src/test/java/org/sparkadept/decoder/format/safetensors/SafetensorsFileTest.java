package org.sparkadept.decoder.format.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.sparkadept.decoder.fixture.Failures.assertFails;
import static org.sparkadept.decoder.format.safetensors.RawSafetensors.entry;
import static org.sparkadept.decoder.format.safetensors.RawSafetensors.floats;
import static org.sparkadept.decoder.format.safetensors.RawSafetensors.shorts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.tensor.DType;
import org.sparkadept.decoder.tensor.HalfPrecision;
import org.sparkadept.decoder.tensor.Tensor;

class SafetensorsFileTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("weights.safetensors");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "  ", "   "})
  void readsRangesWhereverTheHeaderEnds(String padding) throws IOException {
    String header = "{" + entry("a", "F32", "[2,3]", 0, 24) + "}" + padding;
    RawSafetensors.write(file, header, floats(1, 2, 3, 4, 5, Float.NaN));
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      Tensor tensor = checkpoint.tensor("a");
      float[] target = {-1, -1, -1, -1, -1};
      tensor.read(2, target, 1, 3);
      assertArrayEquals(new float[] {-1, 3, 4, 5, -1}, target);
      assertArrayEquals(new float[] {1, 2, 3, 4, 5, Float.NaN}, tensor.readAll());
    }
  }

  @Test
  void saysNameShapeTypeAndSize() throws IOException {
    RawSafetensors.write(file, "{" + entry("layer.0", "BF16", "[2,3]", 0, 12) + "}", new byte[12]);
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      Tensor tensor = checkpoint.tensor("layer.0");
      assertEquals("layer.0", tensor.name());
      assertEquals(DType.BF16, tensor.dtype());
      assertArrayEquals(new long[] {2, 3}, tensor.shape());
      assertEquals(6, tensor.size());
      assertEquals(3, tensor.dim(1));
      assertEquals(Set.of("layer.0"), checkpoint.names());
      assertTrue(checkpoint.has("layer.0"));
      assertEquals(List.of(file), checkpoint.files());
    }
  }

  @Test
  void halfPrecisionIsConverted() throws IOException {
    String header =
        "{" + entry("f", "F16", "[3]", 0, 6) + "," + entry("b", "BF16", "[2]", 6, 10) + "}";
    RawSafetensors.write(file, header, shorts(0x3c00, 0x0001, 0xfc00, 0x3f80, 0xc2f7));
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      assertArrayEquals(
          new float[] {1, 0x1p-24f, Float.NEGATIVE_INFINITY}, checkpoint.tensor("f").readAll());
      assertArrayEquals(new float[] {1, -123.5f}, checkpoint.tensor("b").readAll());
    }
  }

  @Test
  void longHalfPrecisionTensorsAreReadPieceByPiece() throws IOException {
    int size = 10_001;
    int[] patterns = new int[2 * size];
    for (int i = 0; i < size; i++) {
      patterns[i] = i;
      patterns[size + i] = i;
    }
    String header =
        String.format(
            "{%s,%s}",
            entry("f", "F16", "[" + size + "]", 0, 2 * size),
            entry("b", "BF16", "[" + size + "]", 2 * size, 4 * size));
    RawSafetensors.write(file, header, shorts(patterns));
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      float[] f = checkpoint.tensor("f").readAll();
      float[] b = checkpoint.tensor("b").readAll();
      for (int i = 0; i < size; i++) {
        assertEquals(HalfPrecision.fromF16((short) i), f[i]);
        assertEquals(HalfPrecision.fromBf16((short) i), b[i]);
      }
    }
  }

  @Test
  void scalarsAndEmptyTensorsAndNoTensorsAreFine() throws IOException {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\",\"x\":[1,{}]},"
            + entry("scalar", "F32", "[]", 0, 4)
            + ","
            + entry("empty", "F32", "[0,7]", 4, 4)
            + "}";
    RawSafetensors.write(file, header, floats(42));
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      assertArrayEquals(new float[] {42}, checkpoint.tensor("scalar").readAll());
      assertArrayEquals(new float[0], checkpoint.tensor("empty").readAll());
      assertEquals(Set.of("scalar", "empty"), checkpoint.names());
      assertFails(() -> checkpoint.tensor("scalar").dim(0), file, "scalar", "[]");
    }
    RawSafetensors.write(file, "{}", new byte[0]);
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      assertEquals(Set.of(), checkpoint.names());
    }
  }

  @Test
  void anUnknownTypeMattersOnlyWhenItsTensorIsRead() throws IOException {
    String header =
        "{" + entry("ids", "I64", "[1]", 0, 8) + "," + entry("a", "F32", "[1]", 8, 12) + "}";
    RawSafetensors.write(file, header, floats(0, 0, 5));
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      assertArrayEquals(new float[] {5}, checkpoint.tensor("a").readAll());
      Tensor ids = checkpoint.tensor("ids");
      assertEquals(1, ids.size());
      assertFails(ids::readAll, file, "ids", "I64", "F32, F16, BF16");
    }
  }

  @Test
  void rangesOutsideTheTensorOrTheTargetAreRefused() throws IOException {
    String header =
        "{" + entry("a", "F32", "[2]", 0, 8) + "," + entry("b", "F32", "[2]", 8, 16) + "}";
    RawSafetensors.write(file, header, floats(1, 2, 3, 4));
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      Tensor a = checkpoint.tensor("a");
      float[] target = new float[4];
      assertThrows(IndexOutOfBoundsException.class, () -> a.read(1, target, 0, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> a.read(-1, target, 0, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> a.read(0, target, 3, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> a.read(0, target, 0, -1));
    }
  }

  @Test
  void readingAfterCloseIsRefused() throws IOException {
    RawSafetensors.write(file, "{" + entry("a", "F32", "[1]", 0, 4) + "}", floats(1));
    SafetensorsStore checkpoint = SafetensorsStore.openFile(file);
    Tensor tensor = checkpoint.tensor("a");
    checkpoint.close();
    IllegalStateException failure = assertThrows(IllegalStateException.class, tensor::readAll);
    assertTrue(failure.getMessage().contains(file.toString()));
  }

  @Test
  void anInterruptedThreadDoesNotSpoilTheFileForOthers() throws IOException {
    RawSafetensors.write(file, "{" + entry("a", "F32", "[1]", 0, 4) + "}", floats(1));
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      Thread.currentThread().interrupt();
      float[] interrupted = checkpoint.tensor("a").readAll();
      assertTrue(Thread.interrupted());
      assertArrayEquals(interrupted, checkpoint.tensor("a").readAll());
    }
  }

  @Test
  void aMissingFileAFolderAndADeadLinkAreNamed() throws IOException {
    assertFails(() -> SafetensorsStore.openFile(file), file, "does not exist");
    assertFails(() -> SafetensorsStore.openFile(folder), folder, "is a folder");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("gone"));
    assertFails(() -> SafetensorsStore.openFile(link), link, "symbolic link", "gone");
  }

  @Test
  void aFileThatMayNotBeReadIsNamed() throws IOException {
    RawSafetensors.write(file, "{}", new byte[0]);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    assumeFalse(Files.isReadable(file), "this user may read everything");
    assertFails(() -> SafetensorsStore.openFile(file), file, "read permission");
  }

  @Test
  void aGitLfsPointerIsRecognized() throws IOException {
    Files.writeString(file, "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n");
    assertFails(() -> SafetensorsStore.openFile(file), file, "Git LFS", "git lfs pull");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void aFileShorterThanItsLengthFieldIsNamed(int bytes) throws IOException {
    Files.write(file, new byte[bytes]);
    assertFails(() -> SafetensorsStore.openFile(file), file, "only " + bytes + " bytes");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE, 3, 100_000_001, Long.MAX_VALUE, 1L << 32})
  void aHeaderLengthBeyondTheFileOrTheBoundIsNamed(long length) throws IOException {
    byte[] bytes = RawSafetensors.bytes("{}", new byte[0]);
    for (int i = 0; i < Long.BYTES; i++) {
      bytes[i] = (byte) (length >>> 8 * i);
    }
    Files.write(file, bytes);
    assertFails(
        () -> SafetensorsStore.openFile(file),
        file,
        Long.toUnsignedString(length),
        "file has 10 bytes");
  }
}
