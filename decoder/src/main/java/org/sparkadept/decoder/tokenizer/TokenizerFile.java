package org.sparkadept.decoder.tokenizer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.error.RegularFile;
import org.sparkadept.decoder.tokenizer.check.TokenizerCheck;

/**
 * A {@code tokenizer.json} that was read and checked, or its content made of a file of another
 * format.
 *
 * @param path where it lies, or that file
 * @param text its content
 * @param json the same, parsed
 * @param doubts what is allowed, but not known to be harmless
 */
record TokenizerFile(Path path, String text, JsonNode json, List<String> doubts) {

  /** The largest in use have 30 to 40 MB. */
  private static final long MAX_BYTES = 256L << 20;

  /** Parts that encoding does not need; the library is not given them. */
  private static final Set<String> UNUSED = Set.of("decoder", "padding", "truncation");

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * @throws AdeptException if there is no such file, it is not JSON with a tokenizer's model, or it
   *     holds what {@link TokenizerCheck} refuses
   */
  static TokenizerFile read(Path path) {
    String text;
    try {
      RegularFile.require(path, MAX_BYTES);
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
   * @throws AdeptException if it is not JSON with a tokenizer's model, or holds what {@link
   *     TokenizerCheck} refuses
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
    return new TokenizerFile(path, text, json, TokenizerCheck.check(path, json));
  }

  /**
   * Loads the file, where there are doubts after a trial in a process of its own.
   *
   * @throws AdeptException if that process did not survive, if the native library does not take the
   *     file, or if the library cannot be loaded
   */
  NativeTokenizer load() {
    String encoding = encodingText();
    if (!doubts.isEmpty()) {
      TokenizerTrial.require(path, encoding, doubts);
    }
    try {
      return new NativeTokenizer(encoding);
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

  /** The content with {@code null} in place of what encoding does not need; the rest as it is. */
  String encodingText() {
    StringBuilder kept = new StringBuilder(text.length());
    int from = 0;
    try (JsonParser parser = JSON.createParser(text)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean unused = UNUSED.contains(parser.currentName());
        boolean container = parser.nextToken().isStructStart();
        int start = (int) parser.currentTokenLocation().getCharOffset();
        parser.skipChildren();
        if (unused && container) {
          kept.append(text, from, start).append("null");
          from = (int) parser.currentLocation().getCharOffset();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException("The text was parsed before.", e);
    }
    return kept.append(text, from, text.length()).toString();
  }
}
