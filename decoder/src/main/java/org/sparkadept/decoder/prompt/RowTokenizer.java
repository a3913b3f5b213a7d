package org.sparkadept.decoder.prompt;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.tokenizer.TextTokenizer;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/**
 * Turns rows into the token ids of their prompts, at most {@code maxTokens} each. The ids are those
 * of the whole prompt as one text.
 *
 * <p>Without a template a row is its text, of which {@link TextTokenizer} keeps the first tokens.
 * With one, a prompt that has too many tokens gets shorter texts, all of at most so many characters
 * that it fits: the longest are cut first, short ones stay whole, and so does the template. Or such
 * a row is taken in {@linkplain RowChunks chunks}.
 *
 * <p>Thread-safe.
 */
public final class RowTokenizer {
  /** Well above the three to five of a usual token. */
  private static final int CHARACTERS_PER_TOKEN = 8;

  private final TextTokenizer tokenizer;
  private final Prompt prompt;
  private final PromptTemplate template;
  private final int maxTokens;
  private final LongRows longRows;
  private final int templateTokens;

  /**
   * @param tokenizer of the model
   * @param prompt null where a row is its text
   * @param maxTokens most tokens of a prompt, special tokens included
   * @param longRows what becomes of rows with more tokens
   * @throws AdeptException if the bound leaves no room for text or too little for the overlap of
   *     chunks, or the tokenizer does not know the markers of the chat format
   */
  public RowTokenizer(TextTokenizer tokenizer, Prompt prompt, int maxTokens, LongRows longRows) {
    this.tokenizer = tokenizer;
    this.prompt = prompt;
    this.maxTokens = maxTokens;
    this.longRows = longRows;
    tokenizer.requireRoom(maxTokens);
    template = prompt == null ? PromptTemplate.parse("{text}") : written(prompt);
    templateTokens = ids(emptyTexts()).length;
    requireRoom();
  }

  private PromptTemplate written(Prompt prompt) {
    if (prompt.chat() == null) {
      return prompt.template();
    }
    for (String marker : prompt.chat().markers()) {
      if (!tokenizer.isAddedToken(marker)) {
        throw new AdeptException(
            "The chat format '"
                + prompt.chat()
                + "' needs the token "
                + marker
                + ", which the tokenizer "
                + tokenizer.path()
                + " does not have; use the format that the model was trained with, or none.");
      }
    }
    return prompt.chat().message(prompt.template(), tokenizer.addsStart());
  }

  private void requireRoom() {
    int room = maxTokens - templateTokens;
    if (room <= 0) {
      throw new AdeptException(
          String.format(
              "The prompt has %d tokens without any text, but maxTokens (--max-tokens) is %d; raise"
                  + " that, or fit with a shorter prompt.",
              templateTokens, maxTokens));
    }
    if (longRows.inChunks() && longRows.overlap() > room / 2) {
      throw new AdeptException(
          String.format(
              "chunkOverlap (--chunk-overlap) is %d, but maxTokens (--max-tokens) %d leaves %d tokens"
                  + " of a chunk for text, and at most half of them may overlap; lower the overlap"
                  + " to %d, or raise maxTokens.",
              longRows.overlap(), maxTokens, room, room / 2));
    }
  }

  /**
   * Tokenizes rows, each cut to the bound on tokens.
   *
   * @param rows as {@link RowTexts} packs them; a null row gives a null result
   * @return the tokens, row by row; with an error where a row cannot be scored
   */
  public TokenizedText[] encode(byte[][] rows) {
    if (prompt == null) {
      return tokenizer.encode(rows, maxTokens);
    }
    TokenizedText[] encoded = new TokenizedText[rows.length];
    for (int i = 0; i < rows.length; i++) {
      encoded[i] = rows[i] == null ? null : encode(rows[i]);
    }
    return encoded;
  }

  private TokenizedText encode(byte[] row) {
    try {
      return tokenized(fitting(texts(row)));
    } catch (AdeptException e) {
      return TokenizedText.unusable(e.getMessage());
    }
  }

  /**
   * Tokenizes a row, in chunks if it has more tokens than the bound and long rows are taken so.
   *
   * @param row as {@link RowTexts} packs it
   * @return one text for each chunk, in order, made when it is asked for; a chunk with an error is
   *     the last
   */
  public Iterator<TokenizedText> chunks(byte[] row) {
    if (!longRows.inChunks()) {
      return List.of(encode(new byte[][] {row})[0]).iterator();
    }
    try {
      String[] texts = texts(row);
      Fitting whole = fitting(texts);
      return whole.cut()
          ? new RowChunks(this, texts, longRows.overlap())
          : List.of(tokenized(whole)).iterator();
    } catch (AdeptException e) {
      return List.of(TokenizedText.unusable(e.getMessage())).iterator();
    }
  }

  /**
   * A row as the model reads it.
   *
   * @param text the prompt, cut to the bound on tokens
   * @param tokens its tokens as text, special tokens included
   */
  public record ReadRow(String text, List<String> tokens) {}

  /**
   * Shows a row as the model reads it.
   *
   * @param row that can be scored
   * @throws AdeptException if it cannot; the message is a phrase that follows a row's name
   */
  public ReadRow show(byte[] row) {
    String[] texts = texts(row);
    if (prompt == null) {
      return new ReadRow(texts[0], tokenizer.pieces(row, maxTokens));
    }
    String text = template.render(cut(texts, fitting(texts).characters()));
    return new ReadRow(text, tokenizer.pieces(text));
  }

  /** How a prompt fits. */
  private record Fitting(TokenSearch found, boolean cut) {
    int characters() {
      return found.characters();
    }
  }

  private Fitting fitting(String[] texts) {
    int longest = longest(texts);
    TokenSearch found = search(texts, maxTokens, longest);
    if (longest(cut(texts, found.characters())) == 0) {
      throw noRoom();
    }
    return new Fitting(found, found.characters() < longest);
  }

  private static TokenizedText tokenized(Fitting fitting) {
    return new TokenizedText(fitting.found().ids(), fitting.cut(), null);
  }

  private TokenSearch search(String[] texts, int bound, int longest) {
    return TokenSearch.longest(
        characters -> ids(cut(texts, characters)), bound, longest, firstGuess());
  }

  AdeptException noRoom() {
    return new AdeptException(
        String.format(
            "text does not fit: %d of %d tokens are left for it",
            maxTokens - templateTokens, maxTokens));
  }

  /**
   * The texts, of which others than one are cut so that that one has at least half the room.
   *
   * @param spared index of that one
   */
  String[] othersCut(String[] texts, int spared) {
    String[] others = texts.clone();
    others[spared] = "";
    int longest = longest(others);
    int bound = templateTokens + (maxTokens - templateTokens) / 2;
    String[] cut = longest == 0 ? others : cut(others, search(others, bound, longest).characters());
    cut[spared] = texts[spared];
    return cut;
  }

  int maxTokens() {
    return maxTokens;
  }

  /** A number of characters that has more tokens than the bound, as a rule. */
  int firstGuess() {
    return Math.multiplyExact(maxTokens, CHARACTERS_PER_TOKEN);
  }

  /** The ids of the prompt that these texts make. */
  int[] ids(String[] texts) {
    return tokenizer.encode(template.render(texts));
  }

  /** As many ids as a text alone has, without special tokens; which, does not matter. */
  int[] idsOfText(String text) {
    int[] ids = tokenizer.encode(text);
    return Arrays.copyOf(ids, Math.max(0, ids.length - tokenizer.specialTokens()));
  }

  /** The columns' texts; an error where one is not UTF-8, or all are empty. */
  private String[] texts(byte[] row) {
    List<String> columns = template.columns();
    List<byte[]> packed = RowTexts.unpack(row, columns.size());
    if (packed.size() != columns.size()) {
      throw new AdeptException(
          String.format(
              "the model's prompt reads the columns %s, but the row has %d text%s",
              String.join(", ", columns), packed.size(), packed.size() == 1 ? "" : "s"));
    }
    String[] texts = new String[columns.size()];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = decoded(packed.get(i), columns.get(i));
    }
    if (longest(texts) == 0) {
      throw new AdeptException("text is empty");
    }
    return texts;
  }

  private String decoded(byte[] utf8, String column) {
    try {
      return TextTokenizer.decode(utf8);
    } catch (AdeptException e) {
      throw template.columns().size() == 1
          ? e
          : new AdeptException("column '" + column + "': " + e.getMessage(), e);
    }
  }

  private String[] emptyTexts() {
    String[] texts = new String[template.columns().size()];
    Arrays.fill(texts, "");
    return texts;
  }

  static int longest(String[] texts) {
    int longest = 0;
    for (String text : texts) {
      longest = Math.max(longest, text.length());
    }
    return longest;
  }

  private static String[] cut(String[] texts, int characters) {
    String[] cut = new String[texts.length];
    for (int i = 0; i < cut.length; i++) {
      cut[i] =
          texts[i].length() <= characters
              ? texts[i]
              : texts[i].substring(0, boundary(texts[i], characters));
    }
    return cut;
  }

  /** A place in a text, or the one before it where it lies in the middle of a character. */
  static int boundary(String text, int at) {
    return at > 0 && at < text.length() && Character.isLowSurrogate(text.charAt(at)) ? at - 1 : at;
  }
}
