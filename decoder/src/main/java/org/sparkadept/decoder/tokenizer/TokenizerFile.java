package org.sparkadept.decoder.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.sparkadept.decoder.error.AdeptException;

/**
 * A {@code tokenizer.json} that was read, or its content made of a file of another format.
 *
 * @param path where it lies, or that file
 * @param text its content
 * @param json the same, parsed
 */
record TokenizerFile(Path path, String text, JsonNode json) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @throws AdeptException if there is no such file, or it is not JSON with a tokenizer's model
   */
  static TokenizerFile read(Path path) {
    String text;
    try {
      text = Files.readString(path);
    } catch (NoSuchFileException e) {
      throw new AdeptException(
          "There is no tokenizer at "
              + path
              + "; a model directory needs the tokenizer.json of its Hugging Face checkpoint.",
          e);
    } catch (IOException e) {
      throw new AdeptException("The tokenizer " + path + " cannot be read: " + e + ".", e);
    }
    return of(path, text);
  }

  /**
   * @param path where the content is from, for messages
   * @param text the content of a {@code tokenizer.json}
   * @throws AdeptException if it is not JSON with a tokenizer's model
   */
  static TokenizerFile of(Path path, String text) {
    JsonNode json;
    try {
      json = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AdeptException(
          "The tokenizer "
              + path
              + " is not JSON ("
              + e.getOriginalMessage()
              + "). Copy the tokenizer.json of the Hugging Face checkpoint again; a file that was"
              + " fetched without Git LFS holds only a pointer.",
          e);
    }
    if (!json.path("model").isObject()) {
      throw new AdeptException(
          "The tokenizer "
              + path
              + " has no \"model\": it is not a Hugging Face tokenizer.json. Copy that file from the"
              + " checkpoint.");
    }
    return new TokenizerFile(path, text, json);
  }

  /**
   * @throws AdeptException if the native library does not take the file, or cannot be loaded
   */
  NativeTokenizer load() {
    try {
      return new NativeTokenizer(text);
    } catch (AdeptException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new AdeptException(
          "The tokenizer "
              + path
              + " is not one that the tokenizers library takes ("
              + e.getMessage()
              + "). Save it again with a current version of Hugging Face tokenizers.",
          e);
    }
  }
}
