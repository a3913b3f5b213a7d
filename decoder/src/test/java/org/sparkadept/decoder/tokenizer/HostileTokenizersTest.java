package org.sparkadept.decoder.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.tokenizer.HostileTokenizers.Hostile;

/** Tokenizers made to end the process, or to keep it for good, are refused with the place. */
class HostileTokenizersTest {
  private static final int ABORT = 134;
  private static final int STACK_OVERFLOW = 139;
  private static final int STOPPED = -1;

  @TempDir Path directory;

  static Stream<Hostile> all() {
    return HostileTokenizers.all().stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void isRefused(Hostile hostile) throws Exception {
    Path file = Files.writeString(directory.resolve("tokenizer.json"), hostile.json());
    AdeptException error =
        assertTimeoutPreemptively(
            Duration.ofSeconds(20),
            () -> assertThrows(AdeptException.class, () -> TextTokenizer.open(file).close()));
    assertTrue(error.getMessage().contains(file + ": " + hostile.said()), error.getMessage());
    assertTrue(error.getMessage().contains("Copy the tokenizer.json"), error.getMessage());
    assertTrue(error.getMessage().length() < 1000, error.getMessage());
  }

  static Stream<Hostile> deadly() {
    Set<String> names =
        Set.of(
            "a template with a token that is absent",
            "an empty pattern is replaced",
            "a trie that leads outside",
            "pieces of no characters",
            "merges without their prefix");
    return all().filter(hostile -> names.contains(hostile.name()));
  }

  /** Else the tests above would show nothing. */
  @ParameterizedTest
  @MethodSource("deadly")
  void endsTheProcessWithoutTheCheck(Hostile hostile) throws Exception {
    assertEquals(ABORT, NativeRun.end(directory, hostile.json(), List.of("a b \u00e9 the")));
  }

  @Test
  void aLongPieceEndsTheProcessWithoutTheCheck() throws Exception {
    String json = HostileTokenizers.unigram("x".repeat(20_000)).toString();
    assertEquals(STACK_OVERFLOW, NativeRun.end(directory, json, List.of()));
  }

  @Test
  void theLongestPieceThatIsAllowedDoesNot() throws Exception {
    String json = HostileTokenizers.unigram("\uD83D\uDE00".repeat(256)).toString();
    assertEquals(0, NativeRun.end(directory, json, List.of("a")));
    TextTokenizer.open(Files.writeString(directory.resolve("tokenizer.json"), json)).close();
  }

  @Test
  void doublingsHangWithoutTheCheck() throws Exception {
    Hostile doublings =
        all().filter(hostile -> hostile.name().equals("forty doublings")).findFirst().orElseThrow();
    assertEquals(STOPPED, NativeRun.end(directory, doublings.json(), List.of("aaaa")));
  }
}
