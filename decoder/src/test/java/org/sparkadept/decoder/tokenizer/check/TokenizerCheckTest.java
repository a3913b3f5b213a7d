package org.sparkadept.decoder.tokenizer.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkadept.decoder.error.CheckpointException;

/** The parts of the files of well-known models are known to be harmless, so that none is tried. */
class TokenizerCheckTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String BPE = "{'type':'BPE','vocab':{'a':0},'merges':[]";
  private static final String TEMPLATE =
      "{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<s>','type_id':0}},"
          + "{'Sequence':{'id':'A','type_id':0}}],'pair':[{'Sequence':{'id':'A','type_id':0}},"
          + "{'SpecialToken':{'id':'<s>','type_id':1}},{'Sequence':{'id':'B','type_id':1}}],"
          + "'special_tokens':{'<s>':{'id':'<s>','ids':[0],'tokens':['<s>']}}}";
  private static final String BYTES =
      "{'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true,'use_regex':false}";

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '"',
      value = {
        "BERT~{'type':'BertNormalizer','clean_text':true,'handle_chinese_chars':true,"
            + "'strip_accents':null,'lowercase':true}~{'type':'BertPreTokenizer'}~TEMPLATE"
            + "~{'type':'WordPiece','unk_token':'[UNK]','continuing_subword_prefix':'##',"
            + "'max_input_chars_per_word':100,'vocab':{'[UNK]':0,'a':1}}",
        "RoBERTa~null~BYTES~{'type':'RobertaProcessing','sep':['</s>',2],'cls':['<s>',0],"
            + "'trim_offsets':true,'add_prefix_space':false}~BPE}",
        "T5 and XLM-R~{'type':'Sequence','normalizers':[{'type':'Precompiled',"
            + "'precompiled_charsmap':'MAP'},{'type':'Strip','strip_left':false,"
            + "'strip_right':true},{'type':'Replace','pattern':{'Regex':' {2,}'},'content':'_'}]}"
            + "~{'type':'Sequence','pretokenizers':[{'type':'WhitespaceSplit'},{'type':'Metaspace',"
            + "'replacement':'_','add_prefix_space':true}]}~TEMPLATE"
            + "~{'type':'Unigram','unk_id':0,'vocab':[['<unk>',0.0],['a',-1.5]]}",
        "ALBERT~{'type':'Sequence','normalizers':[{'type':'Replace','pattern':{'String':'``'},"
            + "'content':'x'},{'type':'NFKD'},{'type':'StripAccents'},{'type':'Lowercase'}]}~null"
            + "~TEMPLATE~{'type':'Unigram','unk_id':0,'vocab':[['<unk>',0.0]]}",
        "Llama 2 and Gemma~{'type':'Sequence','normalizers':[{'type':'Prepend','prepend':'_'},"
            + "{'type':'Replace','pattern':{'String':' '},'content':'_'}]}"
            + "~{'type':'Split','pattern':{'String':' '},'behavior':'MergedWithPrevious',"
            + "'invert':false}~TEMPLATE~BPE,'dropout':null,'unk_token':'<unk>','fuse_unk':true,"
            + "'byte_fallback':true}",
        "Llama 3~null~{'type':'Sequence','pretokenizers':[{'type':'Split','pattern':{'Regex':"
            + "'\\\\p{N}{1,3}|\\\\s+(?!\\\\S)|\\\\s+'},'behavior':'Isolated','invert':false},BYTES]}"
            + "~{'type':'Sequence','processors':[BYTES,TEMPLATE]}~BPE,'ignore_merges':true}",
        "SmolLM~null~{'type':'Sequence','pretokenizers':[{'type':'Digits',"
            + "'individual_digits':true},BYTES]}~null~BPE}",
        "DeepSeek and StarCoder~{'type':'Sequence','normalizers':[]}~{'type':'Sequence',"
            + "'pretokenizers':[{'type':'Split','pattern':{'Regex':'[\\\\r\\\\n]'},"
            + "'behavior':'Isolated','invert':false},{'type':'Digits','individual_digits':true},"
            + "{'type':'Punctuation','behavior':'Isolated'},BYTES]}~BYTES"
            + "~BPE,'continuing_subword_prefix':'','end_of_word_suffix':''}",
        "ModernBERT and OLMo~{'type':'NFC'}~BYTES~TEMPLATE~BPE}",
        "CLIP~{'type':'Sequence','normalizers':[{'type':'NFC'},{'type':'Replace','pattern':"
            + "{'Regex':'\\\\s+'},'content':' '},{'type':'Lowercase'}]}~BYTES~TEMPLATE"
            + "~BPE,'end_of_word_suffix':'</w>'}"
      })
  void wellKnownFilesNeedNoTrial(
      String name, String normalizer, String preTokenizer, String processor, String model)
      throws Exception {
    ObjectNode json = JSON.createObjectNode();
    json.set("normalizer", parse(normalizer));
    json.set("pre_tokenizer", parse(preTokenizer));
    json.set("post_processor", parse(processor));
    json.set("model", parse(model));
    json.set("added_tokens", parse("[{'id':0,'content':'<s>','normalized':false}]"));
    assertEquals(List.of(), TokenizerCheck.check(Path.of("tokenizer.json"), json));
  }

  @Test
  void aMapOfCharactersThatIsSoundIsAllowed() throws Exception {
    assertEquals(List.of(), check(map(2)));
  }

  @Test
  void aValueBehindTheReplacementsIsNot() throws Exception {
    assertThrows(CheckpointException.class, () -> check(map(4)));
  }

  private static List<String> check(String map) throws Exception {
    ObjectNode json = JSON.createObjectNode();
    json.putObject("normalizer").put("type", "Precompiled").put("precompiled_charsmap", map);
    json.set("model", parse("BPE}"));
    return TokenizerCheck.check(Path.of("tokenizer.json"), json);
  }

  private static JsonNode parse(String json) throws Exception {
    return JSON.readTree(
        json.replaceFirst("^BPE", BPE)
            .replace("TEMPLATE", TEMPLATE)
            .replace("BYTES", BYTES)
            .replace("MAP", map(0))
            .replace('\'', '"'));
  }

  /** The letter a becomes what stands at {@code value} of {@code "b\0c"}. */
  private static String map(int value) {
    int[] units = new int[1 + 512];
    units[0] = 512 * Integer.BYTES;
    units[1] = 256 << 10;
    units[1 + (256 ^ 'a')] = 'a' | 1 << 8 | (256 ^ 'a' ^ 1) << 10;
    units[1 + 1] = value;
    byte[] texts = "b\0c".getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(units.length * Integer.BYTES + texts.length)
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(units);
    bytes.position(units.length * Integer.BYTES).put(texts);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
