package org.sparkadept.decoder.format.gguf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.fixture.Failures.assertFails;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.fixture.TestSeed;
import org.sparkadept.decoder.fixture.TinyGguf;

class GgufHeaderTest {
  private static final int F32 = 0;
  private static final int Q8_0 = 8;
  private static final int ROUNDS = 5_000;

  @TempDir Path folder;

  private static TinyGguf file() {
    return new TinyGguf()
        .key("general.architecture", "llama")
        .key("llama.block_count", 2)
        .key("tokenizer.ggml.tokens", List.of("a", "b", "ab"))
        .key("tokenizer.ggml.scores", new float[] {1, 2, 3})
        .key("tokenizer.ggml.token_type", new int[] {1, 1, 1})
        .tensor("first", F32, new long[] {3, 2}, new byte[24])
        .tensor("second", Q8_0, new long[] {64, 2}, new byte[4 * 34])
        .tensor("third", F32, new long[] {}, new byte[4]);
  }

  private GgufModel open(byte[] bytes) throws IOException {
    return GgufModel.open(List.of(Files.write(folder.resolve("m.gguf"), bytes)));
  }

  private void refuse(byte[] bytes, Object... fragments) {
    assertFails(() -> open(bytes).close(), fragments);
    assertFails(() -> open(bytes).close(), folder.resolve("m.gguf"));
  }

  private static ByteBuffer edit(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Position of the first byte after a text in a file. */
  private static int after(byte[] bytes, String text) {
    String all = new String(bytes, StandardCharsets.ISO_8859_1);
    int at = all.indexOf(text);
    assertTrue(at >= 0, text);
    return at + text.length();
  }

  @Test
  void keysAndTensorsAreRead() throws IOException {
    for (int version : new int[] {2, 3}) {
      try (GgufModel model = open(file().version(version).alignment(64).bytes())) {
        assertEquals("llama", model.keys().text("general.architecture"));
        assertEquals(2, model.keys().positive("llama.block_count"));
        assertEquals(List.of("a", "b", "ab"), model.keys().texts("tokenizer.ggml.tokens"));
        assertArrayEquals(new float[] {1, 2, 3}, model.keys().numbers("tokenizer.ggml.scores"));
        int[] types = model.keys().integers("tokenizer.ggml.token_type");
        assertArrayEquals(new int[] {1, 1, 1}, types);
        assertArrayEquals(new long[] {2, 3}, model.tensors().get("first").as("x").shape());
        assertArrayEquals(new long[] {2, 64}, model.tensors().get("second").as("x").shape());
        assertEquals(1, model.tensors().get("third").as("x").readAll().length);
      }
    }
  }

  @Test
  void whatIsNoGgufIsRefused() {
    refuse(new byte[0], "no GGUF file");
    refuse("version https://git-lfs".getBytes(StandardCharsets.UTF_8), "git lfs pull");
    refuse(file().version(1).bytes(), "version 1 of GGUF", "2 and 3");
    refuse(file().version(4).bytes(), "version 4 of GGUF");
    refuse(file().version(0x03000000).bytes(), "big-endian");
  }

  @Test
  void aFileThatIsCutAnywhereIsRefused() {
    byte[] whole = file().bytes();
    for (int length = 8; length < whole.length; length++) {
      byte[] bytes = Arrays.copyOf(whole, length);
      CheckpointException failure = assertFails(() -> open(bytes).close(), "m.gguf");
      String message = failure.getMessage();
      assertTrue(message.contains("truncated") || message.contains("left in the file"), message);
    }
  }

  @Test
  void countsThatLieAreRefusedBeforeAnythingIsAllocated() {
    for (long count : new long[] {1_000_000, 1L << 40, Long.MAX_VALUE, -1}) {
      byte[] bytes = file().bytes();
      edit(bytes).putLong(8, count);
      refuse(bytes, "tensors", "left in the file");
      bytes = file().bytes();
      edit(bytes).putLong(16, count);
      refuse(bytes, "keys", "left in the file");
      bytes = file().bytes();
      edit(bytes).putLong(24, count);
      refuse(bytes, "the name of a key");
      bytes = file().bytes();
      edit(bytes).putLong(after(bytes, "general.architecture") + 4, count);
      refuse(bytes, "general.architecture");
      bytes = file().bytes();
      edit(bytes).putLong(after(bytes, "tokenizer.ggml.tokens") + 8, count);
      refuse(bytes, "tokenizer.ggml.tokens");
      bytes = file().bytes();
      edit(bytes).putLong(after(bytes, "tokenizer.ggml.tokens") + 16, count);
      refuse(bytes, "tokenizer.ggml.tokens");
      bytes = file().bytes();
      edit(bytes).putLong(after(bytes, "tokenizer.ggml.scores") + 8, count);
      refuse(bytes, "tokenizer.ggml.scores");
    }
  }

  @Test
  void shapesThatLieAreRefused() {
    byte[] bytes = file().bytes();
    edit(bytes).putInt(after(bytes, "first"), 5);
    refuse(bytes, "\"first\" has 5 dimensions");
    bytes = file().bytes();
    edit(bytes).putLong(after(bytes, "first") + 4, -3);
    refuse(bytes, "\"first\" has the shape [2, -3]");
    bytes = file().bytes();
    edit(bytes).putLong(after(bytes, "first") + 4, 1L << 62);
    refuse(bytes, "\"first\" has an impossibly large shape");
    bytes = file().bytes();
    edit(bytes).putLong(after(bytes, "first") + 4, 1L << 50);
    refuse(bytes, "truncated", "\"first\"");
    bytes = file().bytes();
    edit(bytes).putLong(after(bytes, "second") + 4, 48);
    refuse(bytes, "\"second\" has rows of 48 numbers", "blocks of Q8_0 have 32");
  }

  @Test
  void unknownTypesAreRefused() {
    byte[] bytes = file().bytes();
    edit(bytes).putInt(after(bytes, "first") + 20, 10);
    refuse(bytes, "\"first\" is of type 10", "Q4_K");
    bytes = file().bytes();
    edit(bytes).putInt(after(bytes, "llama.block_count"), 13);
    refuse(bytes, "llama.block_count", "type 13");
    bytes = file().bytes();
    edit(bytes).putInt(after(bytes, "tokenizer.ggml.scores") + 4, 99);
    refuse(bytes, "tokenizer.ggml.scores", "type 99");
  }

  @Test
  void tensorsMustBeAlignedAndApart() {
    byte[] bytes = file().bytes();
    edit(bytes).putLong(after(bytes, "second") + 24, 40);
    refuse(bytes, "\"second\" begins at byte 40", "multiple of 32");
    bytes = file().bytes();
    edit(bytes).putLong(after(bytes, "second") + 24, 0);
    refuse(bytes, "overlaps");
    bytes = file().bytes();
    edit(bytes).putLong(after(bytes, "third") + 8, 1 << 20);
    refuse(bytes, "truncated", "\"third\"");
    bytes = file().bytes();
    edit(bytes).putLong(after(bytes, "third") + 8, -32);
    refuse(bytes, "\"third\" begins at byte 18446744073709551584");
    refuse(file().key("general.alignment", 24).bytes(), "general.alignment", "power of two");
    refuse(file().key("general.alignment", 0).bytes(), "general.alignment");
  }

  @Test
  void namesMustDifferAndBeText() {
    TinyGguf twice = file().tensor("first", F32, new long[] {1}, new byte[4]);
    refuse(twice.bytes(), "\"first\" is described twice");
    byte[] bytes = file().key("llama.block_kount", 2).bytes();
    bytes[after(bytes, "llama.block_k") - 1] = 'c';
    refuse(bytes, "\"llama.block_count\" is there twice");
    bytes = file().bytes();
    bytes[after(bytes, "llama.block") - 1] = (byte) 0xFF;
    refuse(bytes, "not valid UTF-8");
  }

  @Test
  void tensorsInTwoShardsAreRefused() throws IOException {
    Path first = folder.resolve("m-00001-of-00002.gguf");
    Path second = folder.resolve("m-00002-of-00002.gguf");
    Files.write(first, file().key("split.count", 2).key("split.no", 0).bytes());
    Files.write(second, file().key("split.count", 2).key("split.no", 1).bytes());
    assertFails(() -> GgufModel.open(List.of(first, second)), "\"first\"", first, second);
    Files.write(second, new TinyGguf().key("split.count", 2).key("split.no", 1).bytes());
    TinyGguf counted = file().key("split.count", 2).key("split.no", 0);
    Files.write(first, counted.key("split.tensors.count", 4).bytes());
    assertFails(
        () -> GgufModel.open(List.of(first, second)), "split.tensors.count is 4", "3 tensors");
  }

  /** Whatever is damaged, a file opens and can be read, or is refused in words. */
  @Test
  @Timeout(120)
  void damageNeverCausesAnythingButACheckpointException() throws IOException {
    Random random = TestSeed.random();
    int opened = 0;
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes = file().bytes();
      int header = bytes.length - 24 - 4 * 34 - 64;
      for (int i = random.nextInt(3); i >= 0; i--) {
        int at = random.nextInt(header);
        switch (random.nextInt(3)) {
          case 0 -> bytes[at] = (byte) random.nextInt();
          case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
          default -> edit(bytes).putInt(Math.min(at, header - 4), random.nextInt());
        }
      }
      try (GgufModel model = open(bytes)) {
        for (String name : model.tensors().keySet()) {
          model.tensors().get(name).as(name).readAll();
        }
        for (String key : model.keys().names()) {
          model.keys().shown(key);
        }
        opened++;
      } catch (CheckpointException e) {
        assertTrue(e.getMessage().contains("m.gguf"), e::getMessage);
      }
    }
    assertTrue(opened > ROUNDS / 100 && opened < ROUNDS, opened + " open");
  }
}
