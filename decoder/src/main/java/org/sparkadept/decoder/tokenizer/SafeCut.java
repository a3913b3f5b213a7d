package org.sparkadept.decoder.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Where a long text may be cut so that its beginning has the tokens that it has in the whole text.
 *
 * <p>A safe place is one between a letter or digit and a stop: a space, tab, line feed or a Chinese
 * or Japanese comma or full stop. It is safe when no token of the vocabulary reaches over such a
 * place: byte-pair merges (and Unigram's pieces) left and right of it then never meet, whatever the
 * other side says, so that the tokens on its left are those of the left side alone. Pre-tokenizers
 * only add borders, from left to right, and end a run of letters or digits at a stop as they do at
 * the end of the text. {@link #of} checks the vocabulary stop by stop.
 *
 * <p>A text may have no safe place for long (encoded data, a script without spaces). Then it is cut
 * anywhere, and only tokens that lie at least {@value #GUARD} tokens before the cut are used. What
 * follows a cut can change a merge before it only through a chain of neighbouring merges, each of
 * which takes precedence over the one on its left; merges of equal rank are taken from the left. So
 * a chain has strictly falling ranks, and one over so many tokens does not happen in text.
 *
 * <p>A text is whole for models and normalizers that look further: anything but BPE and Unigram,
 * marks for the end of a word, normalizers other than NFC and SentencePiece's space mark.
 *
 * <p>Whatever the tokenizer, the library reads no more of a text than {@link #mostCharacters}: it
 * takes some 250 bytes of memory for a character, and up to 8,000 where a normalizer makes many of
 * one.
 */
final class SafeCut {

  private static final String STOPS = " \t\n\u3001\u3002\uFF0C\uFF1B\uFF01\uFF1F";

  private static final int GUARD = 256;

  /** In characters: 500 MB at the worst. */
  private static final int LEAST_BOUND = 1 << 16;

  /** In characters; regular expressions may step back 16 times so often, see RegexShape. */
  private static final int MOST_BOUND = 1 << 19;

  private static final int CHARACTERS_PER_TOKEN = 16;

  /** In bytes, of one character. */
  private static final int LONGEST_UTF8 = 4;

  /** None: the tokenizer looks further, texts stay whole. */
  private final Optional<String> stops;

  private final int mostBound;

  private SafeCut(Optional<String> stops, int mostBound) {
    this.stops = stops;
    this.mostBound = mostBound;
  }

  /**
   * Reads what is safe from the content of a {@code tokenizer.json}.
   *
   * @param doubtful whether not all of it is known to be harmless; then shorter texts are read
   */
  static SafeCut of(JsonNode file, TokenizerVocabulary vocabulary, boolean doubtful) {
    int mostBound = doubtful ? LEAST_BOUND : MOST_BOUND;
    if (!local(file.path("model")) || !harmless(file.path("normalizer"))) {
      return new SafeCut(Optional.empty(), mostBound);
    }
    StringBuilder safe = new StringBuilder();
    for (int i = 0; i < STOPS.length(); i++) {
      String stop = STOPS.substring(i, i + 1);
      if (!crossed(stop.getBytes(StandardCharsets.UTF_8), vocabulary.pieces())) {
        safe.append(stop);
      }
    }
    return new SafeCut(Optional.of(safe.toString()), mostBound);
  }

  /**
   * A beginning of {@code text} and how many ids it must give so that the first {@code maxTokens}
   * are those of the whole text.
   *
   * @param text what to encode
   * @param enough least number of ids, special ones included; 0 when no more of the text is read,
   *     however few they are
   */
  record Beginning(String text, int enough) {}

  /**
   * How many characters of a text are read at most.
   *
   * @param maxTokens longest row in tokens
   * @return 16 for each token, but 65,536 at least and 524,288 at most; of a doubtful file 65,536
   */
  int mostCharacters(int maxTokens) {
    long characters = (long) CHARACTERS_PER_TOKEN * maxTokens;
    return (int) Math.max(LEAST_BOUND, Math.min(mostBound, characters));
  }

  /** A beginning with at least about {@code wanted} characters, or all that is read of the text. */
  Beginning beginning(String text, long wanted, int maxTokens) {
    int most = mostCharacters(maxTokens);
    if (stops.isEmpty() || wanted >= Math.min(text.length(), most)) {
      return new Beginning(text.length() <= most ? text : wholeCharacters(text, most), 0);
    }
    int start = (int) wanted;
    int last = (int) Math.min(2 * wanted, Math.min(text.length(), most) - 1L);
    for (int i = start; i <= last; i++) {
      if (isSafe(text, i)) {
        return new Beginning(text.substring(0, i), maxTokens + 1);
      }
    }
    return new Beginning(wholeCharacters(text, start), maxTokens + GUARD);
  }

  private static String wholeCharacters(String text, int end) {
    return text.substring(0, Character.isLowSurrogate(text.charAt(end)) ? end + 1 : end);
  }

  private boolean isSafe(String text, int at) {
    return stops.orElseThrow().indexOf(text.charAt(at)) >= 0
        && Character.isLetterOrDigit(text.codePointBefore(at));
  }

  /** Whether what a model does with a part of a text depends on that part only. */
  private static boolean local(JsonNode model) {
    String type = model.path("type").asText("BPE"); // files of old have no type, and are BPE
    return type.equals("Unigram")
        || type.equals("BPE")
            && model.path("dropout").asDouble(0) == 0
            && model.path("continuing_subword_prefix").asText("").isEmpty()
            && model.path("end_of_word_suffix").asText("").isEmpty();
  }

  /**
   * Whether a normalizer leaves stops as they are, or only writes a space as SentencePiece does.
   */
  private static boolean harmless(JsonNode normalizer) {
    if (normalizer.isNull() || normalizer.isMissingNode()) {
      return true;
    }
    switch (normalizer.path("type").asText()) {
      case "NFC":
      case "Prepend":
        return true;
      case "Replace":
        return normalizer.path("pattern").path("String").asText().equals(" ")
            && normalizer.path("content").asText().equals("\u2581");
      case "Sequence":
        for (JsonNode part : normalizer.path("normalizers")) {
          if (!harmless(part)) {
            return false;
          }
        }
        return true;
      default:
        return false;
    }
  }

  private static boolean crossed(byte[] stop, List<byte[]> pieces) {
    for (byte[] piece : pieces) {
      for (int i = 1; i < piece.length; i++) {
        if (startsStop(piece, i, stop) && endsWord(piece, i)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Whether {@code stop}, or its first bytes at the end of the piece, stand at {@code at}. */
  private static boolean startsStop(byte[] piece, int at, byte[] stop) {
    for (int i = 0; i < stop.length && at + i < piece.length; i++) {
      if (piece[at + i] != stop[i]) {
        return false;
      }
    }
    return true;
  }

  /** Whether a letter, a digit or a part of some character ends before {@code end}. */
  private static boolean endsWord(byte[] piece, int end) {
    int start = Math.max(0, end - LONGEST_UTF8);
    String before = new String(piece, start, end - start, StandardCharsets.UTF_8);
    int last = before.codePointBefore(before.length());
    return Character.isLetterOrDigit(last) || last == 0xFFFD;
  }
}
