package org.sparkadept.decoder.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Byte-level BPE in Java, for the kinds of {@code tokenizer.json} that {@link PreTokenizer} and
 * {@link BytePairMerges} read. Its ids are those of the native library, in a fraction of the time:
 * it keeps neither offsets nor copies of tokens, and it stops where a text has enough tokens. A
 * text that it might not encode as the library does is left to the library.
 *
 * <p>Thread-safe.
 */
final class BytePairTokenizer {
  /** In characters. Merging takes time that grows with the square of a piece's length. */
  private static final int LONGEST_PIECE = 200;

  /** Several times the frequent pieces of a language; 10 MB or less. */
  private static final int REMEMBERED_PIECES = 1 << 16;

  /** Any text of characters below this one is in normal form C, and Unicode knows them all. */
  private static final char COMBINING = '\u0300';

  private final PreTokenizer preTokenizer;
  private final BytePairMerges merges;
  private final boolean composes;
  private final List<String> addedTokens;
  private final int[] addedTokenStarts;

  /** The ids of pieces; emptied when it is full. */
  private final Map<String, int[]> remembered = new ConcurrentHashMap<>();

  private BytePairTokenizer(
      PreTokenizer preTokenizer,
      BytePairMerges merges,
      boolean composes,
      List<String> addedTokens) {
    this.preTokenizer = preTokenizer;
    this.merges = merges;
    this.composes = composes;
    this.addedTokens = addedTokens;
    addedTokenStarts = addedTokens.stream().mapToInt(token -> token.charAt(0)).distinct().toArray();
  }

  /**
   * @param file content of a {@code tokenizer.json}
   * @return empty if it is of another kind
   */
  static Optional<BytePairTokenizer> of(JsonNode file) {
    JsonNode normalizer = file.path("normalizer");
    boolean composes = normalizer.path("type").asText().equals("NFC");
    if (!composes && !normalizer.isNull() && !normalizer.isMissingNode()) {
      return Optional.empty();
    }
    List<String> addedTokens = new ArrayList<>();
    for (JsonNode token : file.path("added_tokens")) {
      String content = token.path("content").asText();
      if (!content.isEmpty()) {
        addedTokens.add(content);
      }
    }
    return PreTokenizer.of(file.path("pre_tokenizer"))
        .flatMap(
            preTokenizer ->
                BytePairMerges.of(file.path("model"))
                    .map(
                        merges ->
                            new BytePairTokenizer(preTokenizer, merges, composes, addedTokens)));
  }

  /**
   * The first ids of a text, without special tokens.
   *
   * @param enough least number of ids after which the rest of the text may be left out
   * @return empty if the library must encode this text
   */
  Optional<int[]> encode(String text, int enough) {
    if (mayHaveAddedToken(text) || mayBeReadOtherwise(text)) {
      return Optional.empty();
    }
    int[] ids = new int[Math.min(enough, text.length()) + LONGEST_PIECE];
    int count = 0;
    PreTokenizer.Cursor pieces = preTokenizer.cut(text);
    for (String piece = pieces.next(); piece != null && count < enough; piece = pieces.next()) {
      int[] next = piece.length() > LONGEST_PIECE ? null : ids(piece);
      if (next == null) {
        return Optional.empty();
      }
      if (count + next.length > ids.length) {
        ids = Arrays.copyOf(ids, 2 * (count + next.length));
      }
      System.arraycopy(next, 0, ids, count, next.length);
      count += next.length;
    }
    return Optional.of(Arrays.copyOf(ids, count));
  }

  /** Null if the vocabulary lacks a byte of the piece. */
  private int[] ids(String piece) {
    int[] known = remembered.get(piece);
    if (known != null) {
      return known;
    }
    int[] ids = merges.encode(piece).orElse(null);
    if (ids == null) {
      return null;
    }
    if (remembered.size() >= REMEMBERED_PIECES) {
      remembered.clear();
    }
    remembered.put(piece, ids);
    return ids;
  }

  private boolean mayHaveAddedToken(String text) {
    if (!hasAddedTokenStart(text)) {
      return false;
    }
    for (String token : addedTokens) {
      if (text.contains(token)) {
        return true;
      }
    }
    return false;
  }

  /** Most texts have none of the few characters that added tokens begin with. */
  private boolean hasAddedTokenStart(String text) {
    for (int start : addedTokenStarts) {
      if (text.indexOf(start) >= 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a text has characters that this JVM does not know, or would be changed by the file's
   * normalizer.
   */
  private boolean mayBeReadOtherwise(String text) {
    int at = 0;
    while (at < text.length() && text.charAt(at) < COMBINING) {
      at++;
    }
    boolean composed =
        !composes || at == text.length() || Normalizer.isNormalized(text, Normalizer.Form.NFC);
    for (; at < text.length() && composed; at += Character.charCount(text.codePointAt(at))) {
      if (Character.getType(text.codePointAt(at)) == Character.UNASSIGNED) {
        return true;
      }
    }
    return !composed;
  }
}
