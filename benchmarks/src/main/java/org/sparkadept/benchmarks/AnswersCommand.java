package org.sparkadept.benchmarks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sparkadept.benchmarks.measure.LabelledTexts;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.result.Classifications;
import org.sparkadept.udfs.conf.AdeptConf;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Writes a model's answers exactly, so that those of two builds can be compared. */
@Command(
    name = "answers",
    description = {
      "Writes a model's answers exactly, a line a row, to compare two builds to the last bit: label,",
      "bits of the score (a 32-bit float) as a decimal integer, exit layer, tokens and FLOPs, with",
      "tabs between them; for a row that cannot be scored, the error."
    },
    mixinStandardHelpOptions = true)
final class AnswersCommand implements Callable<Integer> {
  private static final int BATCH = 4096;

  @Option(names = "--model", required = true, description = "Model directory.")
  private Path model;

  @Option(
      names = "--rows",
      required = true,
      description = "The rows: JSON lines, plain or gzipped, with a field text.")
  private Path rows;

  @Option(names = "--output", required = true, description = "File to write.")
  private Path output;

  @Option(names = "--conf", description = "KEY=VALUE of the decoder's configuration.")
  private Map<String, String> conf = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException {
    AdeptConf settings = AdeptConf.defaults().over(conf, "--conf");
    byte[][] texts = LabelledTexts.read(rows, "text", "label", Integer.MAX_VALUE).texts();
    try (LoadedModel loaded = LoadedModel.open(model, settings.computeOptions());
        PrintWriter out = new PrintWriter(output.toFile(), StandardCharsets.UTF_8)) {
      Classifier classifier = loaded.classifier(settings.classifierOptions());
      for (int from = 0; from < texts.length; from += BATCH) {
        int end = Math.min(texts.length, from + BATCH);
        Classifications answers = classifier.classify(Arrays.copyOfRange(texts, from, end));
        for (int row = 0; row < answers.size(); row++) {
          out.printf(
              answers.scored(row) ? "%s\t%d\t%d\t%d\t%d\n" : "%6$s\n",
              answers.label(row),
              Float.floatToIntBits(answers.score(row)),
              answers.exitLayer(row),
              answers.tokens(row),
              answers.flops(row),
              answers.error(row));
        }
      }
      if (out.checkError()) {
        throw new AdeptException(output + " cannot be written.");
      }
    }
    return 0;
  }
}
