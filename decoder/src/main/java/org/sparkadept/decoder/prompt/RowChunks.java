package org.sparkadept.decoder.prompt;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.tokenizer.TokenizedText;

/**
 * The prompts of one row, in each of which the longest of its texts is replaced by a chunk of it.
 * Each chunk is as long as fits into the bound on tokens, and begins before the end of the one
 * before: by about so many tokens as the overlap asks for, but by no more than half of that chunk.
 * The other texts stay whole, unless they leave less than half the room. Chunks are made when they
 * are asked for, whatever the length of the text.
 */
final class RowChunks implements Iterator<TokenizedText> {
  private final RowTokenizer tokenizer;
  private final String[] texts;
  private final String text;
  private final int column;
  private final boolean cut;
  private final int overlap;
  private int start;
  private int end;
  private boolean failed;

  /**
   * @param texts of the row's columns, of which one is not empty
   * @param wantedOverlap in tokens
   */
  RowChunks(RowTokenizer tokenizer, String[] texts, int wantedOverlap) {
    this.tokenizer = tokenizer;
    int longest = 0;
    for (int i = 1; i < texts.length; i++) {
      longest = texts[i].length() > texts[longest].length() ? i : longest;
    }
    column = longest;
    text = texts[column];
    this.texts = tokenizer.othersCut(texts, column);
    cut = isCut(texts);
    overlap = Math.min(wantedOverlap, (tokenizer.maxTokens() - ids(0).length) / 2);
  }

  private boolean isCut(String[] whole) {
    for (int i = 0; i < whole.length; i++) {
      if (texts[i].length() < whole[i].length()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean hasNext() {
    return end < text.length() && !failed;
  }

  @Override
  public TokenizedText next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    try {
      int before = end;
      start = nextStart();
      int[] ids = take();
      if (end <= before) {
        start = before;
        ids = take();
      }
      if (end <= before) {
        throw tokenizer.noRoom();
      }
      return new TokenizedText(ids, cut, null);
    } catch (AdeptException e) {
      failed = true;
      return TokenizedText.unusable(e.getMessage());
    }
  }

  /** The prompt with the longest chunk from the start that fits. */
  private int[] take() {
    TokenSearch found =
        TokenSearch.longest(
            this::ids, tokenizer.maxTokens(), text.length() - start, tokenizer.firstGuess());
    end = end(found.characters());
    return found.ids();
  }

  private int[] ids(int characters) {
    texts[column] = text.substring(start, end(characters));
    return tokenizer.ids(texts);
  }

  private int end(int characters) {
    return RowTokenizer.boundary(text, start + characters);
  }

  /** Where the next chunk begins: in the one before, if there is one and its half allows it. */
  private int nextStart() {
    int most = (end - start) / 2;
    if (overlap == 0 || most == 0) {
      return end;
    }
    int back = TokenSearch.longest(this::idsBeforeEnd, overlap, most, overlap).characters();
    int next = RowTokenizer.boundary(text, end - back);
    return next > start ? next : end;
  }

  private int[] idsBeforeEnd(int characters) {
    return tokenizer.idsOfText(text.substring(RowTokenizer.boundary(text, end - characters), end));
  }

  /** Where the chunk that {@link #next} gave last begins in the text. */
  int start() {
    return start;
  }

  /** Where it ends. */
  int end() {
    return end;
  }
}
