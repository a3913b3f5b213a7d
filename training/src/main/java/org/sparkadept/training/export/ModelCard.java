package org.sparkadept.training.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The README.md of a model directory, made from a template. What a program knows or measures is a
 * placeholder {@code {{name}}} there, so that no figure is typed by hand.
 */
public final class ModelCard {
  /** Its name. */
  public static final String NAME = "README.md";

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z_]+)}}");

  private ModelCard() {}

  /**
   * Fills a template.
   *
   * @param template Markdown with placeholders
   * @param directory where the card goes
   * @param facts texts by name of the placeholder
   * @throws IOException if a file cannot be read or written, or a placeholder is unknown
   */
  public static void write(Path template, Path directory, Map<String, String> facts)
      throws IOException {
    Matcher matcher = PLACEHOLDER.matcher(Files.readString(template, StandardCharsets.UTF_8));
    StringBuilder card = new StringBuilder();
    while (matcher.find()) {
      String fact = facts.get(matcher.group(1));
      if (fact == null) {
        throw new IOException(
            template
                + ": unknown placeholder "
                + matcher.group()
                + ", known are "
                + facts.keySet());
      }
      matcher.appendReplacement(card, Matcher.quoteReplacement(fact.stripTrailing()));
    }
    matcher.appendTail(card);
    Files.writeString(directory.resolve(NAME), card, StandardCharsets.UTF_8);
  }
}
