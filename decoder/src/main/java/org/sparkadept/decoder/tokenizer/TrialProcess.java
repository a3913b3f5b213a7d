package org.sparkadept.decoder.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.sparkadept.decoder.error.AdeptException;

/** What the process of a {@link TokenizerTrial} runs: loads a tokenizer, uses it, and closes it. */
final class TrialProcess {
  private static final int NOT_TRIED = 3;

  private TrialProcess() {}

  /**
   * Ends with 0 if it comes to its end, be it by the library's refusal, which the caller will get,
   * too; with 3 if the library cannot be loaded.
   *
   * @param arguments the file
   */
  public static void main(String[] arguments) throws IOException {
    String json = Files.readString(Path.of(arguments[0]));
    try {
      NativeLibrary.load();
    } catch (AdeptException e) {
      System.exit(NOT_TRIED);
    }
    try (NativeTokenizer tokenizer = new NativeTokenizer(json)) {
      TrialTexts.all().forEach(text -> encode(tokenizer, text));
    } catch (RuntimeException e) {
      System.exit(0);
    }
    System.exit(0);
  }

  private static void encode(NativeTokenizer tokenizer, String text) {
    try {
      tokenizer.tokens(text);
    } catch (AdeptException e) {
      // An error of its row.
    }
  }
}
