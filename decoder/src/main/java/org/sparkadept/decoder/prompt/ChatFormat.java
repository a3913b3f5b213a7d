package org.sparkadept.decoder.prompt;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.sparkadept.decoder.error.AdeptException;

/**
 * How instruction-tuned models have a message of the user written, up to where the assistant's
 * answer begins. The markers are those of the chat templates in the checkpoints' {@code
 * tokenizer_config.json}; there is no message of the system, and the user's is not trimmed.
 */
public enum ChatFormat {
  /** Qwen 2 and later, SmolLM 2, Yi and many fine-tuned models. */
  CHATML(
      "",
      "<|im_start|>user\n",
      "<|im_end|>\n<|im_start|>assistant\n",
      "<|im_start|>",
      "<|im_end|>"),
  /** Gemma 1 to 3. */
  GEMMA(
      "<bos>",
      "<start_of_turn>user\n",
      "<end_of_turn>\n<start_of_turn>model\n",
      "<start_of_turn>",
      "<end_of_turn>"),
  /** Granite 3. */
  GRANITE(
      "",
      "<|start_of_role|>user<|end_of_role|>",
      "<|end_of_text|>\n<|start_of_role|>assistant<|end_of_role|>",
      "<|start_of_role|>",
      "<|end_of_role|>",
      "<|end_of_text|>"),
  /** Llama 2. */
  LLAMA2("<s>", "[INST] ", " [/INST]", "<s>"),
  /** Llama 3. */
  LLAMA3(
      "<|begin_of_text|>",
      "<|start_header_id|>user<|end_header_id|>\n\n",
      "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
      "<|start_header_id|>",
      "<|end_header_id|>",
      "<|eot_id|>"),
  /** Mistral 7B. */
  MISTRAL("<s>", "[INST] ", " [/INST]", "<s>"),
  /** Phi-3. */
  PHI3("", "<|user|>\n", "<|end|>\n<|assistant|>\n", "<|user|>", "<|end|>", "<|assistant|>"),
  /** Zephyr. */
  ZEPHYR("", "<|user|>\n", "</s>\n<|assistant|>\n", "</s>");

  private final String start;
  private final String before;
  private final String after;
  private final List<String> markers;

  /**
   * @param start token that the text begins with; empty for none
   * @param markers tokens that a tokenizer must know
   */
  ChatFormat(String start, String before, String after, String... markers) {
    this.start = start;
    this.before = before;
    this.after = after;
    this.markers = List.of(markers);
  }

  /**
   * @param name a format's name, in any case
   * @throws AdeptException if there is no such format
   */
  public static ChatFormat parse(String name) {
    for (ChatFormat format : values()) {
      if (format.name().equalsIgnoreCase(name)) {
        return format;
      }
    }
    throw new AdeptException(
        "There is no chat format '" + name + "'; known are " + Arrays.toString(values()) + ".");
  }

  /** Tokens that a tokenizer must know for this format. */
  List<String> markers() {
    return markers;
  }

  /**
   * A message of the user, with all that is around it.
   *
   * @param started whether the tokenizer itself adds the token that a text begins with
   */
  PromptTemplate message(PromptTemplate content, boolean started) {
    return content.between((started ? "" : start) + before, after);
  }

  /** The name that users write. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
