package org.sparkadept.decoder.format.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sparkadept.decoder.format.safetensors.RawSafetensors.entry;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.tensor.Tensor;

/** Damaged files of every kind: either they open and can be read, or they are refused in words. */
class SafetensorsFuzzTest {
  private static final int ROUNDS = 5_000;
  private static final String[] NASTY = {
    "-1",
    "0",
    "1",
    "7",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "1e99",
    "1.5",
    "null",
    "true",
    "\"\"",
    "[]",
    "{}",
    "99999999999999999999999999",
    "[[",
    "\\u0000"
  };

  @TempDir Path folder;

  @Test
  @Timeout(120)
  void damagedHeadersNeverCauseAnythingButACheckpointException() throws IOException {
    Random random = new Random(20260107);
    int opened = 0;
    int refused = 0;
    for (int round = 0; round < ROUNDS; round++) {
      Path file = folder.resolve("fuzz-" + round + ".safetensors");
      Files.write(file, damaged(random));
      if (opens(file)) {
        opened++;
      } else {
        refused++;
      }
      Files.delete(file);
    }
    assertTrue(opened > ROUNDS / 100, "too few damaged files are still valid: " + opened);
    assertTrue(refused > ROUNDS / 2, "too few damaged files are refused: " + refused);
  }

  private static boolean opens(Path file) {
    try (SafetensorsStore checkpoint = SafetensorsStore.openFile(file)) {
      for (String name : checkpoint.names()) {
        read(checkpoint.tensor(name), file);
      }
      return true;
    } catch (CheckpointException e) {
      assertTrue(e.getMessage().contains(file.toString()), e::getMessage);
      return false;
    }
  }

  private static void read(Tensor tensor, Path file) {
    try {
      assertEquals(tensor.size(), tensor.readAll().length);
    } catch (CheckpointException e) {
      assertTrue(e.getMessage().contains(file + ": tensor \""), e::getMessage);
    }
  }

  private static byte[] damaged(Random random) {
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + entry("model.embed_tokens.weight", "F32", "[4,2]", 0, 32)
            + ","
            + entry("model.norm.weight", "F16", "[2]", 32, 36)
            + ","
            + entry("score.weight", "BF16", "[3,2]", 36, 48)
            + ","
            + entry("ids", "I64", "[1]", 48, 56)
            + "}";
    for (int i = random.nextInt(3); i >= 0; i--) {
      header = mutated(header, random);
    }
    byte[] headerBytes = header.getBytes(StandardCharsets.UTF_8);
    byte[] bytes = RawSafetensors.bytes(headerBytes, new byte[56]);
    switch (random.nextInt(12)) {
      case 0 -> bytes[random.nextInt(8)] = (byte) random.nextInt();
      case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 2 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      case 3 -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(20));
      default -> {}
    }
    return bytes;
  }

  private static String mutated(String header, Random random) {
    int at = random.nextInt(header.length());
    int to = Math.min(header.length(), at + 1 + random.nextInt(12));
    return switch (random.nextInt(7)) {
      case 0 ->
          header.substring(0, at) + (char) (32 + random.nextInt(95)) + header.substring(at + 1);
      case 1 -> header.substring(0, at) + header.substring(to);
      case 2 -> header.substring(0, to) + header.substring(at);
      case 3 -> header.substring(0, at) + nasty(random) + header.substring(at);
      case 4 -> header.substring(0, at) + (char) random.nextInt(0xd800) + header.substring(at + 1);
      case 5 -> withNumber(header, random);
      default -> header + " ".repeat(random.nextInt(8));
    };
  }

  /** Another number, or something that is none, in the place of one of the numbers. */
  private static String withNumber(String header, Random random) {
    int start = random.nextInt(header.length());
    while (start < header.length() && !Character.isDigit(header.charAt(start))) {
      start++;
    }
    int end = start;
    while (end < header.length() && Character.isDigit(header.charAt(end))) {
      end++;
    }
    String other = random.nextBoolean() ? nasty(random) : Integer.toString(random.nextInt(64));
    return header.substring(0, start) + other + header.substring(end);
  }

  private static String nasty(Random random) {
    return NASTY[random.nextInt(NASTY.length)];
  }
}
