package org.sparkadept.decoder.format.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.tensor.DType;

class SafetensorsWriterTest {
  private static final Path FULL_DEVICE = Path.of("/dev/full");

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("adept.safetensors");
  }

  @Test
  void whatIsWrittenIsReadBack() {
    float[] many = new float[40_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = i / 7f;
    }
    new SafetensorsWriter()
        .metadata("format", "pt")
        .add("half", DType.F16, new float[] {1, 0.1f, Float.NEGATIVE_INFINITY}, 3)
        .add("brain", DType.BF16, new float[] {1e30f, Float.NaN}, 2, 1)
        .add("many", DType.F32, many, 200, 200)
        .add("empty", DType.F32, new float[0], 0, 3)
        .write(file);
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      assertEquals(Set.of("half", "brain", "many", "empty"), checkpoint.names());
      assertArrayEquals(
          new float[] {1, 0.099975586f, Float.NEGATIVE_INFINITY},
          checkpoint.tensor("half").readAll());
      float[] brain = checkpoint.tensor("brain").readAll();
      assertEquals(1e30f, brain[0], 1e28f);
      assertTrue(Float.isNaN(brain[1]));
      assertArrayEquals(many, checkpoint.tensor("many").readAll());
      assertArrayEquals(new long[] {200, 200}, checkpoint.tensor("many").shape());
      assertEquals(DType.F16, checkpoint.tensor("half").dtype());
    }
  }

  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    new SafetensorsWriter().add("a", DType.F32, new float[] {1, 2}, 2).write(file);
    String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    String padded = header + " ".repeat(56 - header.length());
    assertArrayEquals(
        RawSafetensors.bytes(padded, RawSafetensors.floats(1, 2)), Files.readAllBytes(file));
  }

  @Test
  void theOrderOfAddingDoesNotShow() throws IOException {
    float[] one = {1};
    float[] two = {2};
    new SafetensorsWriter().add("b", DType.BF16, one, 1).add("a", DType.F32, two, 1).write(file);
    byte[] first = Files.readAllBytes(file);
    new SafetensorsWriter().add("a", DType.F32, two, 1).add("b", DType.BF16, one, 1).write(file);
    assertArrayEquals(first, Files.readAllBytes(file));
  }

  @Test
  void anExistingFileIsReplacedAndNothingElseIsLeft() throws IOException {
    Files.writeString(file, "old");
    new SafetensorsWriter().add("a", DType.F32, new float[] {1}, 1).write(file);
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      assertArrayEquals(new float[] {1}, checkpoint.tensor("a").readAll());
    }
    assertEquals(List.of(file), filesInFolder());
  }

  @Test
  void othersMayReadTheFileAsTheyMayReadAnyNewFile() throws IOException {
    Path plain = Files.createFile(folder.resolve("plain"));
    new SafetensorsWriter().write(file);
    Set<PosixFilePermission> usual = Files.getPosixFilePermissions(plain);
    assertEquals(usual, Files.getPosixFilePermissions(file));
  }

  @Test
  void aFullDiskIsToldAndLeavesTheOldFileAlone() throws IOException {
    assumeTrue(Files.exists(FULL_DEVICE), "needs a device that is always full");
    Files.writeString(file, "old");
    SafetensorsWriter writer =
        new SafetensorsWriter().add("a", DType.F32, new float[100_000], 100_000);
    assertFails(() -> writer.write(file, SafetensorsWriterTest::openFull), file, "Free some space");
    assertEquals("old", Files.readString(file));
    assertEquals(List.of(file), filesInFolder());
  }

  @Test
  void aMissingFolderIsTold() {
    Path nowhere = folder.resolve("sub/adept.safetensors");
    assertFails(() -> new SafetensorsWriter().write(nowhere), nowhere, "create the folder");
  }

  @Test
  void aFolderInTheWayIsTold() throws IOException {
    Files.createDirectories(file.resolve("sub"));
    assertFails(() -> new SafetensorsWriter().write(file), file, "cannot be written");
    assertEquals(List.of(file), filesInFolder());
  }

  @Test
  void aNumberBeyondTheFormatIsRefused() throws IOException {
    SafetensorsWriter halves = new SafetensorsWriter().add("h", DType.F16, new float[] {1e5f}, 1);
    assertFails(() -> halves.write(file), "\"h\"", "100000.0", "F16", "F32");
    SafetensorsWriter brains =
        new SafetensorsWriter().add("b", DType.BF16, new float[] {Float.MAX_VALUE}, 1);
    assertFails(() -> brains.write(file), "\"b\"", "BF16");
    assertEquals(List.of(), filesInFolder());
  }

  @Test
  void mistakesOfTheCallerAreRefused() {
    SafetensorsWriter writer = new SafetensorsWriter().add("a", DType.F32, new float[2], 2);
    assertThrows(IllegalArgumentException.class, () -> writer.add("a", DType.F32, new float[1], 1));
    assertThrows(IllegalArgumentException.class, () -> writer.add("b", DType.F32, new float[2], 3));
    assertThrows(
        IllegalArgumentException.class, () -> writer.add("b", DType.F32, new float[2], -1, -2));
    assertThrows(
        IllegalArgumentException.class,
        () -> writer.add("__metadata__", DType.F32, new float[1], 1));
  }

  @Test
  void namesOfAnyLanguageSurvive() {
    String name = "Schicht \"ä\" \\ 层\n";
    new SafetensorsWriter().add(name, DType.F32, new float[] {3}, 1).write(file);
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      assertEquals(Set.of(name), checkpoint.names());
    }
  }

  private static FileChannel openFull(Path temporary) throws IOException {
    Files.createFile(temporary);
    return FileChannel.open(FULL_DEVICE, StandardOpenOption.WRITE);
  }

  private List<Path> filesInFolder() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
