package org.sparkadept.decoder.prompt;

import java.io.Serializable;
import java.util.List;
import org.sparkadept.decoder.error.AdeptException;

/**
 * How a row becomes the text that a model reads; fitted models keep it in {@code adept.json}.
 *
 * @param template what is made of the row's columns
 * @param chat how that is written as a message to an assistant; null: as it is
 */
public record Prompt(PromptTemplate template, ChatFormat chat) implements Serializable {
  private static final long serialVersionUID = 1L;

  /** What a chat format is applied to where no template is given. */
  private static final String TEXT_ALONE = "{text}";

  /**
   * Reads a prompt as users give it.
   *
   * @param template empty for none
   * @param chat name of a {@link ChatFormat}; empty for none
   * @return null if neither is given
   * @throws AdeptException if the template is malformed, or there is no such format
   */
  public static Prompt of(String template, String chat) {
    if (template.isEmpty() && chat.isEmpty()) {
      return null;
    }
    return new Prompt(
        PromptTemplate.parse(template.isEmpty() ? TEXT_ALONE : template),
        chat.isEmpty() ? null : ChatFormat.parse(chat));
  }

  /**
   * The prompt for a model that has one already, or is to keep none.
   *
   * @param fitted the model's; null where it has none
   * @param template as in {@link #of}
   * @param chat as in {@link #of}
   * @return the model's
   * @throws AdeptException if the options ask for another
   */
  public static Prompt asFitted(Prompt fitted, String template, String chat) {
    Prompt given = of(template, chat);
    boolean same =
        given == null
            || fitted != null
                && (template.isEmpty() || given.template.equals(fitted.template))
                && (chat.isEmpty() || given.chat == fitted.chat);
    if (!same) {
      throw new AdeptException(
          String.format(
              "The model was fitted with %s, not with %s. Leave the option out; or fit all anew with"
                  + " heads (--heads) fit.",
              fitted == null ? "no prompt" : fitted, given));
    }
    return fitted;
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
