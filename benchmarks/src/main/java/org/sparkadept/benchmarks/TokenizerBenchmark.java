package org.sparkadept.benchmarks;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.sparkadept.benchmarks.measure.LabelledTexts;
import org.sparkadept.benchmarks.measure.Rounds;
import org.sparkadept.decoder.tokenizer.TextTokenizer;
import org.sparkadept.decoder.tokenizer.TokenizedText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Time of the tokenizer, beside the library that defines its ids. */
@Command(
    name = "tokenizer",
    description = {
      "Microseconds that a row takes to tokenize, on one thread, beside DJL's HuggingFaceTokenizer",
      "(the Rust library of Hugging Face) with the same tokenizer.json: a row at a time, and all",
      "rows in one call, which may use all cores. In turns after a warm-up; medians. Rows whose ids",
      "differ are counted. The rows are JSON lines, plain or gzipped, with a field text."
    },
    mixinStandardHelpOptions = true)
final class TokenizerBenchmark implements Callable<Integer> {
  private static final int MIN_ROUNDS = 3;
  private static final int ALL_TOKENS = 1 << 20;
  private static final double TURN_SECONDS = 1;

  @Option(names = "--model", required = true, description = "Folder with a tokenizer.json.")
  private Path model;

  @Option(names = "--rows", required = true, description = "The rows.")
  private Path rows;

  @Option(names = "--limit", defaultValue = "2147483647", description = "Most rows to use.")
  private int limit;

  @Option(names = "--rounds", defaultValue = "5", description = "Rounds, at least 3.")
  private int rounds;

  @Option(
      names = "--warm-up",
      defaultValue = "10",
      description = "Seconds that each variant runs before it is timed. Default: 10.")
  private double warmUp;

  @Spec private CommandSpec spec;

  /** A way to tokenize all rows. */
  private record Variant(String name, Runnable encoding) implements Rounds.Runner {
    @Override
    public double seconds(double least) {
      long start = System.nanoTime();
      int times = 0;
      double passed;
      do {
        encoding.run();
        times++;
        passed = (System.nanoTime() - start) / 1e9;
      } while (passed < least);
      return passed / times;
    }
  }

  @Override
  public Integer call() throws Exception {
    if (rounds < MIN_ROUNDS) {
      throw new ParameterException(spec.commandLine(), "--rounds must be at least 3.");
    }
    byte[][] utf8 = LabelledTexts.read(rows, "text", "label", limit).texts();
    String[] texts = new String[utf8.length];
    Arrays.setAll(texts, i -> new String(utf8[i], StandardCharsets.UTF_8));
    Path file = model.resolve("tokenizer.json");
    try (TextTokenizer ours = TextTokenizer.open(file);
        HuggingFaceTokenizer library = library(file)) {
      TokenizedText[] rowsOfTokens = ours.encode(utf8, ALL_TOKENS);
      long tokens = 0;
      int differences = 0;
      for (int row = 0; row < texts.length; row++) {
        int[] ids = rowsOfTokens[row].ids();
        long[] expected = library.encode(texts[row]).getIds();
        tokens += ids.length;
        differences += Arrays.equals(expected, Arrays.stream(ids).asLongStream().toArray()) ? 0 : 1;
      }
      List<Variant> variants =
          List.of(
              new Variant("spark-adept", () -> ours.encode(utf8, ALL_TOKENS)),
              new Variant(
                  "Hugging Face, a row at a time",
                  () -> {
                    for (String text : texts) {
                      library.encode(text);
                    }
                  }),
              new Variant("Hugging Face, all rows in one call", () -> library.batchEncode(texts)));
      double[] medians = Rounds.run(List.copyOf(variants), rounds, warmUp, TURN_SECONDS).medians();
      print(variants, medians, texts.length, tokens, differences);
    }
    return 0;
  }

  /** Reads no option but the file's, and asks no network whose machine this is. */
  private static HuggingFaceTokenizer library(Path file) throws IOException {
    System.setProperty("ai.djl.offline", "true");
    return HuggingFaceTokenizer.builder().optTokenizerPath(file).optTruncation(false).build();
  }

  private void print(
      List<Variant> variants, double[] seconds, int rowCount, long tokens, int differences) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%n%,d rows, %,d tokens, %d rows with other ids, medians of %d rounds%n%n",
        rowCount,
        tokens,
        differences,
        rounds);
    out.print("| | µs a row | tokens/s | time ratio |\n|---|---|---|---|\n");
    for (int i = 0; i < seconds.length; i++) {
      out.printf(
          Locale.ROOT,
          "| %s | %.1f | %,.0f | %.2f |%n",
          variants.get(i).name(),
          1e6 * seconds[i] / rowCount,
          tokens / seconds[i],
          seconds[i] / seconds[0]);
    }
    out.flush();
  }
}
