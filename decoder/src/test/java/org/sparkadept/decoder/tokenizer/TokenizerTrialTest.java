package org.sparkadept.decoder.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyTokenizer;

/** What the check has doubts about is tried in another process, once. */
class TokenizerTrialTest {
  private static final String TEMPORARY = "java.io.tmpdir";

  @TempDir Path directory;
  private String before;

  @BeforeEach
  void keepVerdictsHere() {
    before = System.setProperty(TEMPORARY, directory.toString());
  }

  @AfterEach
  void keepThemWhereTheyWere() {
    System.setProperty(TEMPORARY, before);
  }

  @Test
  void anExpressionThatGoesBackTooOftenIsRefused() throws Exception {
    Path file = write(splitting("a{1,3}+b"));
    String message = refusal(file);
    assertTrue(message.contains("died of it (exit code 134)"), message);
    assertTrue(message.contains("pre_tokenizer.pretokenizers[0].pattern.Regex"), message);
    assertTrue(message.contains(file.toString()), message);
    assertEquals(1, verdicts().size());
    assertEquals("died of it (exit code 134)", Files.readString(verdicts().get(0)));
  }

  @Test
  void anAddedTokenThatVanishesIsRefused() throws Exception {
    String message = refusal(write(HostileTokenizers.vanishing()));
    assertTrue(message.contains("added_tokens[0] is normalized"), message);
  }

  @Test
  void oneThatDoesNoHarmIsTriedOnce() throws Exception {
    Path file = write(splitting(".{1,24}+"));
    TextTokenizer.open(file).close();
    assertEquals("good", Files.readString(verdicts().get(0)));
    Files.writeString(verdicts().get(0), "was not tried again");
    assertTrue(refusal(file).contains("was not tried again"));
  }

  @Test
  void aFolderThatOthersCanWriteToIsNotBelieved() throws Exception {
    Path file = write(splitting(".{1,24}+"));
    TextTokenizer.open(file).close();
    Files.writeString(verdicts().get(0), "planted");
    Files.setPosixFilePermissions(
        verdicts().get(0).getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));
    TextTokenizer.open(file).close();
  }

  @Test
  void whatIsKnownIsNotTried() throws Exception {
    TextTokenizer.open(write(TinyTokenizer.enclosing().json().toString())).close();
    assertEquals(List.of(), verdicts());
  }

  /** The tokens are those of the Java check alone. */
  @Test
  void withoutAnotherProcessTheCheckDecides() throws Exception {
    String home = System.setProperty("java.home", directory.toString());
    try {
      TextTokenizer.open(write(splitting(".{1,24}+"))).close();
      assertEquals(List.of(), verdicts());
    } finally {
      System.setProperty("java.home", home);
    }
  }

  private static String refusal(Path file) {
    return assertThrows(AdeptException.class, () -> TextTokenizer.open(file).close()).getMessage();
  }

  private static String splitting(String regex) {
    ObjectNode json = TinyTokenizer.plain().json();
    ObjectNode sequence = json.putObject("pre_tokenizer").put("type", "Sequence");
    ObjectNode split = sequence.putArray("pretokenizers").addObject().put("type", "Split");
    split.put("behavior", "Isolated").put("invert", false).putObject("pattern").put("Regex", regex);
    sequence
        .withArray("pretokenizers")
        .addObject()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", false);
    return json.toString();
  }

  private Path write(String json) throws IOException {
    return Files.writeString(directory.resolve("tokenizer.json"), json);
  }

  private List<Path> verdicts() throws IOException {
    try (Stream<Path> folders = Files.list(directory)) {
      for (Path folder : folders.toList()) {
        if (folder.getFileName().toString().startsWith("adept-tokenizers-")) {
          try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
          }
        }
      }
    }
    return List.of();
  }
}
