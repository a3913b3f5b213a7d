package org.sparkadept.decoder.tokenizer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.format.Checkpoint;

/**
 * Turns rows of UTF-8 text into token ids with a Hugging Face {@code tokenizer.json}.
 *
 * <p>A row longer than {@code maxTokens} keeps its first tokens and all special tokens that the
 * tokenizer adds at its start and end (a class token behind the text, say). Padding and truncation
 * written in the file are ignored. Of a very long row only the beginning is tokenized; the ids are
 * the same as of the whole row. {@link BytePairTokenizer} does most texts of most models; the
 * native library does the others ({@link SafeCut} says where a long one is cut). Of these, it reads
 * 16 characters for each of {@code maxTokens}, but 65,536 at least and 524,288 at most. A longer
 * row counts as truncated even if it has few tokens.
 *
 * <p>Thread-safe; every call works on its own thread only.
 */
public final class TextTokenizer implements AutoCloseable {

  /** Well above the three to five of a usual token, so that one cut nearly always does. */
  private static final int CHARACTERS_PER_TOKEN = 8;

  private static final int GROWTH = 4;
  private static final List<String> PROBES = List.of("a", "0", ".", "\u4e00");

  private final NativeTokenizer tokenizer;
  private final Optional<BytePairTokenizer> bytePairs;
  private final SafeCut cut;
  private final TokenText tokenText;
  private final Path path;
  private final Set<String> addedTokens;
  private final int vocabularySize;
  private final int[] leading;
  private final int[] trailing;

  TextTokenizer(
      NativeTokenizer tokenizer, Optional<BytePairTokenizer> bytePairs, TokenizerFile file) {
    path = file.path();
    this.tokenizer = tokenizer;
    this.bytePairs = bytePairs;
    TokenizerVocabulary vocabulary = TokenizerVocabulary.of(file.json());
    this.cut = SafeCut.of(file.json(), vocabulary, !file.doubts().isEmpty());
    this.vocabularySize = vocabulary.size();
    addedTokens = Set.copyOf(file.json().path("added_tokens").findValuesAsText("content"));
    tokenText = TokenText.of(file.json());
    String probe = probe();
    long[] special = tokenizer.specialTokenMask(probe);
    int[] ids = toInts(tokenizer.encode(probe));
    int start = 0;
    while (special[start] != 0) {
      start++;
    }
    int end = special.length;
    while (special[end - 1] != 0) {
      end--;
    }
    leading = Arrays.copyOf(ids, start);
    trailing = Arrays.copyOfRange(ids, end, ids.length);
  }

  /**
   * @param tokenizerJson a Hugging Face {@code tokenizer.json}
   * @throws AdeptException if the file is absent, unreadable or not a tokenizer, or if the native
   *     library cannot be loaded
   */
  public static TextTokenizer open(Path tokenizerJson) {
    return open(TokenizerFile.read(tokenizerJson));
  }

  /**
   * The tokenizer of a checkpoint, whatever its format.
   *
   * @throws AdeptException if there is none or it cannot be used, or if the native library cannot
   *     be loaded
   */
  public static TextTokenizer of(Checkpoint checkpoint) {
    Path path = checkpoint.requireTokenizer();
    return checkpoint
        .tokenizer()
        .made()
        .map(made -> open(TokenizerFile.of(path, made.get())))
        .orElseGet(() -> open(path));
  }

  private static TextTokenizer open(TokenizerFile file) {
    NativeTokenizer tokenizer = file.load();
    try {
      return new TextTokenizer(tokenizer, BytePairTokenizer.of(file.json()), file);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /**
   * Checks a bound on the tokens of a row.
   *
   * @param maxTokens longest row in tokens, special tokens included
   * @throws AdeptException if it leaves no room for text
   */
  public void requireRoom(int maxTokens) {
    if (maxTokens <= specialTokens()) {
      throw new AdeptException(
          "maxTokens (--max-tokens) is "
              + maxTokens
              + ", but the tokenizer "
              + path
              + " adds "
              + specialTokens()
              + " special tokens to every row; raise it above that.");
    }
  }

  /**
   * @param utf8 the bytes of one row; what is not valid UTF-8 or holds no token gives an error, not
   *     an exception
   * @param maxTokens longest row in tokens, special tokens included; see {@link #requireRoom}
   * @throws IllegalStateException after {@link #close()}
   */
  public TokenizedText encode(byte[] utf8, int maxTokens) {
    return encode(utf8, maxTokens, new Utf8());
  }

  /** The same for many rows, one after the other; a null row gives a null result. */
  public TokenizedText[] encode(byte[][] utf8, int maxTokens) {
    Utf8 decoder = new Utf8();
    TokenizedText[] rows = new TokenizedText[utf8.length];
    for (int i = 0; i < utf8.length; i++) {
      rows[i] = utf8[i] == null ? null : encode(utf8[i], maxTokens, decoder);
    }
    return rows;
  }

  /**
   * All ids of a text, with the special tokens that the tokenizer adds; no bound on tokens spares
   * work.
   *
   * @throws AdeptException if the text cannot be encoded; the message is a phrase that follows a
   *     row's name
   * @throws IllegalStateException after {@link #close()}
   */
  public int[] encode(String text) {
    tokenizer.requireOpen();
    if (text.isEmpty()) {
      return withSpecialTokens(new int[0]);
    }
    Ids ids = ids(text, Integer.MAX_VALUE - 1);
    if (ids.cut()) {
      throw tooLong(text);
    }
    return ids.all();
  }

  private AdeptException tooLong(String text) {
    return new AdeptException(
        String.format(
            "text has %d characters, more than the %d that are tokenized in one piece",
            text.length(), cut.mostCharacters(Integer.MAX_VALUE)));
  }

  /** The tokens that {@link #encode(String)} numbers, as text; see {@link #pieces}. */
  public List<String> pieces(String text) {
    if (text.length() > cut.mostCharacters(Integer.MAX_VALUE)) {
      throw tooLong(text);
    }
    List<String> pieces = new ArrayList<>(List.of(tokenizer.tokens(text)));
    pieces.replaceAll(tokenText::text);
    return pieces;
  }

  /** Whether the tokenizer adds special tokens in front of every text. */
  public boolean addsStart() {
    return leading.length > 0;
  }

  /** Whether a text is one of the tokens that were added to the vocabulary, as markers are. */
  public boolean isAddedToken(String text) {
    return addedTokens.contains(text);
  }

  /** The file, for messages. */
  public Path path() {
    return path;
  }

  /** Number of special tokens that every row carries besides the tokens of its text. */
  public int specialTokens() {
    return leading.length + trailing.length;
  }

  /**
   * One more than the highest id that can come out; the model's embedding must have as many rows.
   */
  public int vocabularySize() {
    return vocabularySize;
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private TokenizedText encode(byte[] utf8, int maxTokens, Utf8 decoder) {
    tokenizer.requireOpen();
    Ids ids;
    try {
      String text = decode(utf8, decoder);
      ids = text.isEmpty() ? new Ids(new int[0], false) : ids(text, maxTokens);
    } catch (AdeptException e) {
      return TokenizedText.unusable(e.getMessage());
    }
    if (ids.all().length <= specialTokens()) {
      return TokenizedText.unusable(
          ids.cut()
              ? "text has no token in the beginning that is read of a text of its length"
              : "text is empty");
    }
    boolean truncated = ids.cut() || ids.all().length > maxTokens;
    return new TokenizedText(shorten(ids.all(), maxTokens), truncated, null);
  }

  /**
   * Reads UTF-8.
   *
   * @throws AdeptException if it is malformed; the message is a phrase that follows a row's name
   */
  public static String decode(byte[] utf8) {
    return decode(utf8, new Utf8());
  }

  private static String decode(byte[] utf8, Utf8 decoder) {
    String text = decoder.decode(utf8);
    if (text == null) {
      throw new AdeptException(
          "text is not valid UTF-8 (first bad byte at offset "
              + decoder.badByte()
              + "); Spark's make_valid_utf8() mends it");
    }
    return text;
  }

  /**
   * The tokens of a row as text, one for each id of {@link #encode(byte[], int)}. A token that
   * holds only a part of a character has U+FFFD in its place.
   *
   * @param utf8 a row that can be scored
   * @param maxTokens longest row in tokens, special tokens included
   * @throws AdeptException if it cannot
   */
  public List<String> pieces(byte[] utf8, int maxTokens) {
    TokenizedText encoded = encode(utf8, maxTokens);
    int count = encoded.ids().length;
    String text = new Utf8().decode(utf8);
    long wanted = (long) maxTokens * CHARACTERS_PER_TOKEN;
    while (count > 0) {
      SafeCut.Beginning beginning = cut.beginning(text, wanted, maxTokens);
      String[] tokens = tokenizer.tokens(beginning.text());
      if (tokens.length >= beginning.enough()) {
        if (tokens.length < count) {
          throw tooLong(text);
        }
        List<String> pieces = new ArrayList<>(List.of(tokens).subList(0, count - trailing.length));
        pieces.addAll(List.of(tokens).subList(tokens.length - trailing.length, tokens.length));
        pieces.replaceAll(tokenText::text);
        return pieces;
      }
      wanted *= GROWTH;
    }
    throw new AdeptException("The row has no tokens: " + encoded.error() + ".");
  }

  /**
   * Ids with special tokens.
   *
   * @param all those of a text, or of a beginning that has more than {@code maxTokens}
   * @param cut whether not all of the text was read, though there may be few
   */
  private record Ids(int[] all, boolean cut) {}

  private Ids ids(String text, int maxTokens) {
    if (bytePairs.isPresent()) {
      Optional<int[]> ids = bytePairs.get().encode(text, maxTokens + 1);
      if (ids.isPresent()) {
        return new Ids(withSpecialTokens(ids.get()), false);
      }
    }
    long wanted = (long) maxTokens * CHARACTERS_PER_TOKEN;
    while (true) {
      SafeCut.Beginning beginning = cut.beginning(text, wanted, maxTokens);
      long[] ids = tokenizer.encode(beginning.text());
      if (ids.length >= beginning.enough()) {
        return new Ids(toInts(ids), beginning.text().length() < text.length());
      }
      wanted *= GROWTH;
    }
  }

  private int[] withSpecialTokens(int[] ids) {
    int[] all = Arrays.copyOf(leading, leading.length + ids.length + trailing.length);
    System.arraycopy(ids, 0, all, leading.length, ids.length);
    System.arraycopy(trailing, 0, all, leading.length + ids.length, trailing.length);
    return all;
  }

  /** The library's ids have 32 bits and no sign. */
  private static int[] toInts(long[] ids) {
    int[] ints = new int[ids.length];
    for (int i = 0; i < ints.length; i++) {
      if (ids[i] != (int) ids[i]) {
        throw new AdeptException("text has a token with the id " + ids[i] + ", which no model has");
      }
      ints[i] = (int) ids[i];
    }
    return ints;
  }

  /** The first {@code maxTokens} ids; where more are there, the trailing special ones are kept. */
  private int[] shorten(int[] ids, int maxTokens) {
    if (ids.length <= maxTokens) {
      return ids;
    }
    int[] kept = Arrays.copyOf(ids, maxTokens);
    System.arraycopy(trailing, 0, kept, maxTokens - trailing.length, trailing.length);
    return kept;
  }

  /** Some text that has at least one token of its own. */
  private String probe() {
    for (String probe : PROBES) {
      for (long flag : tokenizer.specialTokenMask(probe)) {
        if (flag == 0) {
          return probe;
        }
      }
    }
    throw new AdeptException(
        "The tokenizer "
            + path
            + " has a token for none of "
            + PROBES
            + "; it is no tokenizer for text.");
  }
}
