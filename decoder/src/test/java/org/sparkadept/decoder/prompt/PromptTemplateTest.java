package org.sparkadept.decoder.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.decoder.error.AdeptException;

class PromptTemplateTest {

  private static String render(String template, String... texts) {
    return PromptTemplate.parse(template).render(texts);
  }

  @Test
  void columnsTakeTheirPlaces() {
    PromptTemplate template = PromptTemplate.parse("Title: {title}\nText: {text}\nTopic:");
    assertEquals(List.of("title", "text"), template.columns());
    assertEquals("Title: a\nText: b\nTopic:", template.render(new String[] {"a", "b"}));
  }

  @Test
  void aColumnMayStandInSeveralPlaces() {
    PromptTemplate template = PromptTemplate.parse("{a} or {b}? {a}!");
    assertEquals(List.of("a", "b"), template.columns());
    assertEquals("x or y? x!", template.render(new String[] {"x", "y"}));
  }

  @Test
  void doubledBracesAreBraces() {
    assertEquals("{\"text\": \"x\"}", render("{{\"text\": \"{text}\"}}", "x"));
    assertEquals("{}x{}", render("{{}}{text}{{}}", "x"));
  }

  @Test
  void textsAreNotReadAsTemplates() {
    assertEquals("<{b}>", render("<{a}>", "{b}"));
  }

  @Test
  void namesMayHaveBlanksAndDots() {
    assertEquals(List.of("doc.body", "my column"), columns("{ doc.body } {my column}"));
  }

  private static List<String> columns(String template) {
    return PromptTemplate.parse(template).columns();
  }

  @ParameterizedTest
  @CsvSource({
    "'a {text', 3, '{text'",
    "'a {te{xt}', 3, '{te{xt}'",
    "'a text} b', 7, '} b'",
    "'a {} b', 3, '{} b'",
    "'a {  } {b}', 3, '{  } {b}'",
  })
  void malformedTemplatesAreQuotedAtThePlace(String template, int place, String quoted) {
    AdeptException e = assertThrows(AdeptException.class, () -> PromptTemplate.parse(template));
    assertEquals(
        "at character " + place + ": \"" + quoted + "\".",
        e.getMessage().substring(e.getMessage().indexOf("at character")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "no column", "{{text}}"})
  void aTemplateWithoutAColumnIsRefused(String template) {
    AdeptException e = assertThrows(AdeptException.class, () -> PromptTemplate.parse(template));
    assertEquals(
        "The prompt \""
            + template
            + "\" names no column; write {text} where the text of the column 'text' belongs.",
        e.getMessage());
  }

  @Test
  void aPromptMayBeATemplateAChatFormatOrNone() {
    assertNull(Prompt.of("", ""));
    assertEquals("{text}", Prompt.of("", "chatml").template().toString());
    assertNull(Prompt.of("{a}", "").chat());
    assertEquals(Prompt.of("{a}", "LLAMA3"), Prompt.of("{a}", "llama3"));
  }

  @Test
  void unknownChatFormatsAreRefusedWithThoseThatExist() {
    AdeptException e = assertThrows(AdeptException.class, () -> Prompt.of("{a}", "vicuna"));
    assertEquals(
        "There is no chat format 'vicuna'; known are [chatml, gemma, granite, llama2, llama3,"
            + " mistral, phi3, zephyr].",
        e.getMessage());
  }

  /** As the chat templates of public checkpoints write one message of the user, untrimmed. */
  @ParameterizedTest
  @CsvSource({
    "CHATML, '<|im_start|>user#x<|im_end|>#<|im_start|>assistant#'",
    "GEMMA, '<bos><start_of_turn>user#x<end_of_turn>#<start_of_turn>model#'",
    "GRANITE, '<|start_of_role|>user<|end_of_role|>x<|end_of_text|>#<|start_of_role|>assistant<|end_of_role|>'",
    "LLAMA2, '<s>[INST] x [/INST]'",
    "LLAMA3, '<|begin_of_text|><|start_header_id|>user<|end_header_id|>##x<|eot_id|><|start_header_id|>assistant<|end_header_id|>##'",
    "MISTRAL, '<s>[INST] x [/INST]'",
    "PHI3, '<|user|>#x<|end|>#<|assistant|>#'",
    "ZEPHYR, '<|user|>#x</s>#<|assistant|>#'",
  })
  void chatFormatsWriteAMessage(ChatFormat format, String expected) {
    PromptTemplate message = format.message(PromptTemplate.parse("{text}"), false);
    assertEquals(expected.replace('#', '\n'), message.render(new String[] {"x"}));
  }

  @ParameterizedTest
  @EnumSource(ChatFormat.class)
  void theTokenThatATextBeginsWithIsLeftToTheTokenizer(ChatFormat format) {
    PromptTemplate alone = PromptTemplate.parse("{text}");
    String started = format.message(alone, true).render(new String[] {"x"});
    String whole = format.message(alone, false).render(new String[] {"x"});
    assertEquals(whole, whole.substring(0, whole.length() - started.length()) + started);
    assertEquals(
        List.of("", "<bos>", "<s>", "<|begin_of_text|>")
            .contains(whole.substring(0, whole.length() - started.length())),
        true);
  }
}
