package org.sparkadept.decoder.prompt;

import java.util.List;

/**
 * How a row becomes the text that a model reads; fitted models keep it in {@code adept.json}.
 *
 * @param template what is made of the row's columns
 * @param chat how that is written as a message to an assistant; null: as it is
 */
public record Prompt(PromptTemplate template, ChatFormat chat) {
  /** What a chat format is applied to where no template is given. */
  private static final String TEXT_ALONE = "{text}";

  /**
   * Reads a prompt as users give it.
   *
   * @param template empty for none
   * @param chat name of a {@link ChatFormat}; empty for none
   * @return null if neither is given
   * @throws org.sparkadept.decoder.error.AdeptException if the template is malformed, or there is
   *     no such format
   */
  public static Prompt of(String template, String chat) {
    if (template.isEmpty() && chat.isEmpty()) {
      return null;
    }
    return new Prompt(
        PromptTemplate.parse(template.isEmpty() ? TEXT_ALONE : template),
        chat.isEmpty() ? null : ChatFormat.parse(chat));
  }

  /** The columns that it reads, each once. */
  public List<String> columns() {
    return template.columns();
  }

  /** As the options that give it. */
  @Override
  public String toString() {
    return "--prompt '" + template + "'" + (chat == null ? "" : " --chat " + chat);
  }
}
