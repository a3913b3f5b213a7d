package org.sparkadept.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.decoder.tokenizer.TextTokenizer;
import org.sparkadept.decoder.tokenizer.TokenizedText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** GGUF files that llama.cpp made, against its token ids and against the same weights elsewhere. */
@Command(
    name = "gguf",
    description = {
      "Reads the cases that check_gguf.py wrote (benchmarks/check-gguf does both): compares token",
      "ids with llama.cpp's, and answers with those of a Hugging Face directory of the same",
      "weights, to the last bit. Fails if any differ."
    },
    mixinStandardHelpOptions = true)
final class GgufCheck implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ALL_TOKENS = 1 << 20;
  private static final int MAX_TOKENS = 16;
  private static final int SHOWN = 3;

  @Parameters(paramLabel = "DIR", description = "The folder of the cases.")
  private Path folder;

  @Spec private CommandSpec spec;

  /** Texts, and their token ids as llama.cpp has them. */
  private record Ids(List<String> texts, List<int[]> ids) {
    static Ids read(Path file) throws IOException {
      JsonNode json = JSON.readTree(file.toFile());
      return new Ids(
          List.of(JSON.convertValue(json.get("texts"), String[].class)),
          List.of(JSON.convertValue(json.get("ids"), int[][].class)));
    }

    byte[][] utf8() {
      return texts.stream()
          .map(text -> text.getBytes(StandardCharsets.UTF_8))
          .toArray(byte[][]::new);
    }
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.print("| case | texts | with other ids | with other answers |\n|---|---|---|---|\n");
    boolean same = true;
    for (Path each : cases()) {
      Ids ids = Ids.read(each.resolve("ids.json"));
      int others = others(each, ids, out);
      Path expected = each.resolve("expected");
      int answers = Files.exists(expected) ? otherAnswers(each, expected, ids) : 0;
      out.printf(
          Locale.ROOT,
          "| %s | %d | %d | %s |%n",
          each.getFileName(),
          ids.texts().size(),
          others,
          Files.exists(expected) ? answers : "");
      out.flush();
      same &= others == 0 && answers == 0;
    }
    return same ? 0 : 1;
  }

  private List<Path> cases() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> cases = entries.filter(Files::isDirectory).sorted().toList();
      if (cases.isEmpty()) {
        throw new AdeptException(
            folder + ": no cases; benchmarks/check-gguf writes them and runs this check.");
      }
      return cases;
    }
  }

  private static int others(Path each, Ids expected, PrintWriter out) {
    int others = 0;
    try (Checkpoint checkpoint = Checkpoint.open(each.resolve("gguf"));
        TextTokenizer tokenizer = TextTokenizer.of(checkpoint)) {
      TokenizedText[] found = tokenizer.encode(expected.utf8(), ALL_TOKENS);
      for (int row = 0; row < found.length; row++) {
        if (!Arrays.equals(expected.ids().get(row), found[row].ids())) {
          others++;
          if (others <= SHOWN) {
            out.printf(
                "%s: %s is %s, not %s%n",
                each.getFileName(),
                JSON.valueToTree(expected.texts().get(row)),
                Arrays.toString(found[row].ids()),
                Arrays.toString(expected.ids().get(row)));
          }
        }
      }
    }
    return others;
  }

  private static int otherAnswers(Path each, Path expected, Ids ids) {
    byte[][] texts = ids.utf8();
    Classifications theirs = classify(expected, texts);
    Classifications ours = classify(each.resolve("gguf"), texts);
    int others = 0;
    for (int row = 0; row < texts.length; row++) {
      boolean same =
          Objects.equals(theirs.error(row), ours.error(row))
              && (!theirs.scored(row)
                  || Arrays.equals(theirs.probabilities(row), ours.probabilities(row)));
      others += same ? 0 : 1;
    }
    return others;
  }

  private static Classifications classify(Path model, byte[][] texts) {
    try (LoadedModel loaded = LoadedModel.open(model, ComputeOptions.defaults())) {
      return loaded
          .classifier(ClassifierOptions.defaults().withMaxTokens(MAX_TOKENS))
          .classify(texts, true);
    }
  }
}
