package org.sparkadept.decoder.format.gguf;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * How a text is split before byte pairs are merged: the kinds that {@code tokenizer.ggml.pre}
 * names, as the {@code tokenizer.json} of the models has them that they are named after
 * (llama.cpp's {@code src/llama-vocab.cpp} quotes their expressions). {@code default} is what
 * llama.cpp falls back to, by its own expressions.
 */
enum PreTokenizer {
  /** GPT-2. */
  GPT_2(List.of("gpt-2"), false),
  /** SmolLM, SmolLM2 and Granite 3: as GPT-2, but digits one by one. */
  SMOLLM(List.of("smollm", "refact"), false),
  /** Llama 3: digits by three; whole words are looked up before they are merged. */
  LLAMA_3(List.of("llama-bpe", "llama3", "llama-v3"), true),
  /** DBRX and SmolLM3: split as Llama 3, but words are merged. */
  DBRX(List.of("dbrx", "smaug-bpe"), false),
  /** Qwen2 and Qwen3: digits one by one, in Unicode's form NFC. */
  QWEN_2(List.of("qwen2"), false),
  /** What llama.cpp takes where the converter did not know better. */
  DEFAULT(List.of("default"), false);

  private static final String GPT_2_WORDS =
      "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)";

  /** Words of Llama 3 and Qwen2; the first differ in how many digits stay together. */
  private static final String WORDS =
      "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}%s"
          + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

  private final List<String> names;
  private final boolean llama3;

  PreTokenizer(List<String> names, boolean llama3) {
    this.names = names;
    this.llama3 = llama3;
  }

  /**
   * @throws org.sparkadept.decoder.error.CheckpointException if the file names none of these
   */
  static PreTokenizer of(GgufKeys keys) {
    String name = keys.text(GgufTokenizer.PRE_TOKENIZER);
    List<String> known = new ArrayList<>();
    for (PreTokenizer kind : values()) {
      if (kind.names.contains(name)) {
        return kind;
      }
      known.addAll(kind.names);
    }
    throw GgufTokenizer.unsupported(keys, GgufTokenizer.PRE_TOKENIZER, known);
  }

  /** Whether a token for the start is put before texts unless the file says otherwise. */
  boolean startsText() {
    return llama3;
  }

  /** Whether a whole word is looked up before it is merged. */
  boolean looksUpWords() {
    return llama3;
  }

  /** Adds {@code normalizer} and {@code pre_tokenizer}. */
  void addTo(ObjectNode root) {
    if (this == QWEN_2) {
      root.putObject("normalizer").put("type", "NFC");
    } else {
      root.putNull("normalizer");
    }
    if (this == GPT_2) {
      byteLevel(root.putObject("pre_tokenizer"), true);
      return;
    }
    ObjectNode sequence = root.putObject("pre_tokenizer").put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    switch (this) {
      case SMOLLM -> steps.addObject().put("type", "Digits").put("individual_digits", true);
      case LLAMA_3, DBRX -> split(steps, String.format(WORDS, "{1,3}"));
      case QWEN_2 -> split(steps, String.format(WORDS, ""));
      default -> {
        split(steps, "[\\p{P}\\$\\+<=>\\^~\\|]+");
        split(steps, GPT_2_WORDS);
        split(steps, "\\p{N}+");
        split(steps, "[0-9][0-9][0-9]");
      }
    }
    byteLevel(steps.addObject(), this == SMOLLM);
  }

  /** Fills in the step that writes bytes as characters. */
  static void byteLevel(ObjectNode step, boolean splitsWords) {
    step.put("type", "ByteLevel").put("add_prefix_space", false);
    step.put("trim_offsets", true).put("use_regex", splitsWords);
  }

  private static void split(ArrayNode steps, String expression) {
    ObjectNode step = steps.addObject().put("type", "Split");
    step.putObject("pattern").put("Regex", expression);
    step.put("behavior", "Isolated").put("invert", false);
  }
}
