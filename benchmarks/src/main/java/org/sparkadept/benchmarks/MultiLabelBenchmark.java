package org.sparkadept.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.FileUtil;
import org.sparkadept.benchmarks.measure.LabelledTexts;
import org.sparkadept.benchmarks.step.Launcher;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A model of several labels with a guarantee on the set, on rows made of two sentences each. */
@Command(
    name = "multilabel",
    description = {
      "Makes rows with two labels out of a data set with one: two sentences, drawn at random, are",
      "joined, and have the labels of both. Fits a model on the train rows, with a guarantee on the",
      "set of labels, and evaluates it on the test rows. The data are two files of JSON lines,",
      "train.jsonl.gz and test.jsonl.gz, with the fields text and label."
    },
    mixinStandardHelpOptions = true)
final class MultiLabelBenchmark implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LABELS = "labels";

  @Option(names = "--model", required = true, description = "Directory of the backbone.")
  private Path model;

  @Option(names = "--data", required = true, description = "Folder of the two files.")
  private Path data;

  @Option(
      names = "--train-rows",
      defaultValue = "9000",
      description = "Rows to make for the fit. Default: ${DEFAULT-VALUE}.")
  private int trainRows;

  @Option(
      names = "--test-rows",
      defaultValue = "2250",
      description = "Rows to make for the evaluation. Default: ${DEFAULT-VALUE}.")
  private int testRows;

  @Option(
      names = "--max-disagreement",
      defaultValue = "0.02",
      description =
          "The guarantee: at most this share of rows has another set than at full depth. Default:"
              + " ${DEFAULT-VALUE}.")
  private double epsilon;

  @Option(
      names = "--fit-option",
      paramLabel = "OPTION",
      description = "An option for 'adept fit', such as --fit-option=--depth=12. Repeatable.")
  private List<String> fitOptions = List.of();

  @Option(
      names = "--adept",
      defaultValue = "${sys:adept.home:-.}/bin/adept",
      description = "The launcher. Default: that of this source tree.")
  private Path adept;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("adept-multilabel");
    Launcher launcher = new Launcher(adept.toAbsolutePath().normalize(), folder.resolve("logs"));
    Path train = write(folder, "train", trainRows);
    Path test = write(folder, "test", testRows);
    Path fitted = folder.resolve("model");
    List<String> fit = arguments("fit", train, model, folder);
    fit.addAll(List.of("--output", fitted.toString(), "--heads", "fit"));
    fit.addAll(List.of("--max-disagreement", Double.toString(epsilon)));
    fit.addAll(fitOptions);
    launcher.run("fit", fit);
    launcher.run("evaluate", arguments("evaluate", test, fitted, folder));
    print(report(folder, "fit"), report(folder, "evaluation"));
    // After a failure it stays: the message names a log in it.
    FileUtil.fullyDelete(folder.toFile());
    return 0;
  }

  private static List<String> arguments(String command, Path rows, Path model, Path folder) {
    List<String> args = new ArrayList<>(List.of(command, "--quiet", "--format", "json"));
    args.addAll(List.of("--input", rows.toString(), "--label-column", LABELS));
    args.addAll(List.of("--model", model.toString(), "--report", folder.toString()));
    return args;
  }

  /** Joins each sentence with another one, in turns until there are enough rows. */
  private Path write(Path folder, String split, int rows) throws IOException {
    LabelledTexts sentences =
        LabelledTexts.read(data.resolve(split + ".jsonl.gz"), "text", "label", Integer.MAX_VALUE);
    Random random = new Random(1);
    List<Integer> order = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    while (lines.size() < rows) {
      if (order.size() < 2) {
        order.clear();
        IntStream.range(0, sentences.texts().length).forEach(order::add);
        Collections.shuffle(order, random);
      }
      int first = order.remove(order.size() - 1);
      int second = order.remove(order.size() - 1);
      ObjectNode row = JSON.createObjectNode();
      row.put("text", text(sentences, first) + ". " + text(sentences, second) + ".");
      row.putArray(LABELS).add(sentences.labels()[first]).add(sentences.labels()[second]);
      lines.add(row.toString());
    }
    return Files.write(folder.resolve(split + ".jsonl"), lines);
  }

  private static String text(LabelledTexts sentences, int row) {
    return new String(sentences.texts()[row], StandardCharsets.UTF_8);
  }

  private static JsonNode report(Path folder, String name) throws IOException {
    return JSON.readTree(folder.resolve(name + ".json").toFile());
  }

  private void print(JsonNode fit, JsonNode evaluation) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%n%,d rows for the fit (%.0f s), %,d for the evaluation; %d labels; full depth ends after"
            + " layer %d of %d%n%n",
        trainRows,
        fit.get("seconds").asDouble(),
        evaluation.get("rows").asLong(),
        evaluation.get("labels").size(),
        fit.get("reference").asInt(),
        fit.get("checkpoint_layers").asInt());
    out.print("| | subset accuracy | micro-F1 | macro-F1 | sets changed | compute |\n");
    out.print("|---|---|---|---|---|---|\n");
    JsonNode figures = evaluation.get("multi_label");
    out.printf(
        Locale.ROOT,
        "| full depth | %s | %s | %s | | 1 |%n",
        percent(evaluation.get("full_depth_accuracy")),
        percent(figures.get("full_depth_micro_f1")),
        percent(figures.get("full_depth_macro_f1")));
    out.printf(
        Locale.ROOT,
        "| with exits | %s | %s | %s | %.2f %%, at most %.2f %% allowed | %.3f |%n",
        percent(evaluation.get("accuracy")),
        percent(figures.get("micro_f1")),
        percent(figures.get("macro_f1")),
        100 * (1 - evaluation.get("agreement").asDouble()),
        100 * epsilon,
        evaluation.get("compute").asDouble());
    out.flush();
  }

  private static String percent(JsonNode share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share.asDouble());
  }
}
