package org.sparkadept.decoder.prompt;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.error.CheckpointException;

/**
 * A text with places for the columns of a row, such as {@code Title: {title}\nText: {text}}. A
 * column may have several places; {@code {{} and {@code }}} stand for braces.
 */
public final class PromptTemplate implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 20;

  private final String text;
  private final ArrayList<String> literals;
  private final ArrayList<String> columns;
  private final int[] places;

  private PromptTemplate(
      String text, List<String> literals, List<String> columns, List<Integer> places) {
    this.text = text;
    this.literals = new ArrayList<>(literals);
    this.columns = new ArrayList<>(columns);
    this.places = places.stream().mapToInt(place -> place).toArray();
  }

  /**
   * Reads a template.
   *
   * @throws AdeptException if a brace stands alone, a column has no name, or there is no column;
   *     the message quotes the place
   */
  public static PromptTemplate parse(String text) {
    List<String> literals = new ArrayList<>();
    List<String> columns = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      boolean brace = c == '{' || c == '}';
      if (brace && at + 1 < text.length() && text.charAt(at + 1) == c) {
        literal.append(c);
        at += 2;
      } else if (c == '{') {
        int end = endOfName(text, at);
        String name = text.substring(at + 1, end).strip();
        if (!columns.contains(name)) {
          columns.add(name);
        }
        places.add(columns.indexOf(name));
        literals.add(literal.toString());
        literal.setLength(0);
        at = end + 1;
      } else if (c == '}') {
        throw wrong(text, at, "has a } without a {; write }} for a brace");
      } else {
        literal.append(c);
        at++;
      }
    }
    if (columns.isEmpty()) {
      throw new AdeptException(
          "The prompt "
              + CheckpointException.quote(text)
              + " names no column; write {text} where the text of the column 'text' belongs.");
    }
    literals.add(literal.toString());
    return new PromptTemplate(text, literals, columns, places);
  }

  private static int endOfName(String text, int open) {
    int end = open + 1;
    while (end < text.length() && text.charAt(end) != '}' && text.charAt(end) != '{') {
      end++;
    }
    if (end == text.length() || text.charAt(end) == '{') {
      throw wrong(text, open, "has a { without a }; write {{ for a brace");
    }
    if (text.substring(open + 1, end).isBlank()) {
      throw wrong(text, open, "has {} without the name of a column; write {text}, say");
    }
    return end;
  }

  private static AdeptException wrong(String text, int at, String problem) {
    String place = text.substring(at, Math.min(text.length(), at + SHOWN));
    return new AdeptException(
        String.format(
            "The prompt %s, at character %d: %s.",
            problem, at + 1, CheckpointException.quote(place)));
  }

  /** The same with text around it. */
  PromptTemplate between(String before, String after) {
    List<String> around = new ArrayList<>(literals);
    around.set(0, before + around.get(0));
    int last = around.size() - 1;
    around.set(last, around.get(last) + after);
    return new PromptTemplate(text, around, columns, IntStream.of(places).boxed().toList());
  }

  /** The columns, each once, in the order of their first places. */
  public List<String> columns() {
    return List.copyOf(columns);
  }

  /**
   * The prompt of a row.
   *
   * @param texts of the {@link #columns}, in their order
   */
  String render(String[] texts) {
    StringBuilder prompt = new StringBuilder(literals.get(0));
    for (int i = 0; i < places.length; i++) {
      prompt.append(texts[places[i]]).append(literals.get(i + 1));
    }
    return prompt.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PromptTemplate template && text.equals(template.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The template as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
