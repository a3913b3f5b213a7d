package org.sparkadept.decoder.tokenizer;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.fixture.TinyTokenizer;

class TokenizerFileTest {

  @TempDir Path directory;

  @Test
  void anAbsentFileIsNamed() {
    assertFails("There is no tokenizer at ", directory.resolve("absent.json"));
  }

  @Test
  void aFolderIsNoTokenizer() {
    assertFails("cannot be read", directory);
  }

  @Test
  void bytesThatAreNoTextAreNoTokenizer() throws Exception {
    Path file = directory.resolve("tokenizer.json");
    Files.write(file, new byte[] {(byte) 0xFF, (byte) 0xFE});
    assertFails("cannot be read", file);
  }

  @Test
  void aLargeFilePointerIsNotJson() throws Exception {
    assertFails("is not JSON", write("version https://git-lfs.github.com/spec/v1\noid sha256:1"));
  }

  @Test
  void anEmptyFileIsNoTokenizer() throws Exception {
    assertFails("has no \"model\"", write(""));
  }

  @Test
  void otherJsonIsNoTokenizer() throws Exception {
    assertFails("has no \"model\"", write("{\"model_type\": \"llama\"}"));
  }

  @Test
  void aModelThatTheLibraryDoesNotKnowIsToldInItsWords() throws Exception {
    assertFails(
        "is not one that the tokenizers library takes",
        write("{\"model\": {\"type\": \"Unigram\", \"vocab\": [[\"a\"]]}}"));
  }

  @Test
  void aMergeOutsideTheVocabularyIsToldInItsWords() throws Exception {
    ObjectNode json = TinyTokenizer.plain().json();
    json.withArray("/model/merges").set(0, "t hh");
    assertFails("out of vocabulary", write(json.toString()));
  }

  @Test
  void aVocabularyWithoutLettersIsRefused() throws Exception {
    assertFails(
        "has a token for none of",
        write("{\"added_tokens\":[],\"model\":{\"type\":\"BPE\",\"vocab\":{},\"merges\":[]}}"));
  }

  private Path write(String content) throws Exception {
    return Files.writeString(directory.resolve("tokenizer.json"), content);
  }

  private static void assertFails(String said, Path file) {
    AdeptException error =
        assertThrows(AdeptException.class, () -> TextTokenizer.open(file).close());
    String message = error.getMessage();
    assertTrue(message.contains(said), message);
    assertTrue(message.contains(file.toString()), message);
  }
}
