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
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileUtil;
import org.sparkadept.benchmarks.measure.LabelledTexts;
import org.sparkadept.benchmarks.step.Launcher;
import org.sparkadept.benchmarks.step.LauncherOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Models of several labels, and models that leave rows without an answer, with their guarantees.
 */
@Command(
    name = "multilabel",
    description = {
      "Makes rows with two labels out of a data set with one: two sentences, drawn at random, are",
      "joined, and have the labels of both. Fits a model on the train rows, with a guarantee on the",
      "set of labels, and evaluates it on the test rows. Then fits a model on single sentences,",
      "calibrates on others the least score of an answer, with a guarantee on the precision of the",
      "answers, and evaluates it on the test sentences. The data are two files of JSON lines,",
      "train.jsonl.gz and test.jsonl.gz, with the fields text and label."
    },
    mixinStandardHelpOptions = true)
final class MultiLabelBenchmark implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LABEL = "label";

  @Option(names = "--model", required = true, description = "Directory of the backbone.")
  private Path model;

  @Option(names = "--data", required = true, description = "Folder of the two files.")
  private Path data;

  @Option(
      names = "--labels",
      defaultValue = "30",
      description =
          "Most labels to use, the first ones in alphabetic order. Default: ${DEFAULT-VALUE}.")
  private int labels;

  @Option(
      names = "--train-rows",
      defaultValue = "4000",
      description =
          "Rows to make for the fit, and most sentences of the fit of one label a row; the other"
              + " train sentences calibrate that. Default: ${DEFAULT-VALUE}.")
  private int trainRows;

  @Option(
      names = "--test-rows",
      defaultValue = "1500",
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
      names = "--min-precision",
      defaultValue = "0.9",
      description =
          "The guarantee of the answers that are given: at least this share is right. Default:"
              + " ${DEFAULT-VALUE}.")
  private double precision;

  @Option(
      names = "--fit-option",
      paramLabel = "OPTION",
      description = "An option for 'adept fit', such as --fit-option=--depth=12. Repeatable.")
  private List<String> fitOptions = List.of();

  @Mixin private LauncherOption adept;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    Path folder = Files.createTempDirectory("adept-multilabel");
    Launcher launcher = new Launcher(adept.program(), folder.resolve("logs"));
    List<Sentence> train = sentences("train");
    List<Sentence> test = sentences("test");
    severalLabels(launcher, Files.createDirectory(folder.resolve("several")), train, test);
    abstention(launcher, Files.createDirectory(folder.resolve("one")), train, test);
    // After a failure it stays: the message names a log in it.
    FileUtil.fullyDelete(folder.toFile());
    return 0;
  }

  private void severalLabels(
      Launcher launcher, Path folder, List<Sentence> train, List<Sentence> test) throws Exception {
    Path fitted = folder.resolve("model");
    Path rows = write(folder.resolve("train.jsonl"), pairs(train, trainRows));
    fit(launcher, "fit-several", rows, fitted, folder);
    Path unseen = write(folder.resolve("test.jsonl"), pairs(test, testRows));
    launcher.run("evaluate-several", arguments("evaluate", unseen, fitted, folder));
    printSeveral(report(folder, "fit"), report(folder, "evaluation"));
  }

  /** The answers' precision holds for rows like those of the calibration, which no fit has seen. */
  private void abstention(Launcher launcher, Path folder, List<Sentence> train, List<Sentence> test)
      throws Exception {
    List<Sentence> shuffled = new ArrayList<>(train);
    Collections.shuffle(shuffled, new Random(2));
    int fit = Math.min(trainRows, shuffled.size() * 2 / 3);
    Path fitted = folder.resolve("model");
    Path rows = write(folder.resolve("train.jsonl"), single(shuffled.subList(0, fit)));
    fit(launcher, "fit-one", rows, fitted, folder);
    List<Sentence> others = shuffled.subList(fit, shuffled.size());
    Path heldBack = write(folder.resolve("calibration.jsonl"), single(others));
    List<String> calibrate = arguments("calibrate", heldBack, fitted, folder);
    calibrate.addAll(List.of("--in-place", "--min-precision", Double.toString(precision)));
    launcher.run("calibrate-one", calibrate);
    Path unseen = write(folder.resolve("test.jsonl"), single(test));
    launcher.run("evaluate-one", arguments("evaluate", unseen, fitted, folder));
    printAbstention(fit, others.size(), report(folder, "evaluation"));
  }

  private void fit(Launcher launcher, String name, Path rows, Path output, Path folder)
      throws Exception {
    List<String> fit = arguments("fit", rows, model, folder);
    fit.addAll(List.of("--output", output.toString(), "--heads", "fit"));
    fit.addAll(List.of("--max-disagreement", Double.toString(epsilon)));
    fit.addAll(fitOptions);
    launcher.run(name, fit);
  }

  private static List<String> arguments(String command, Path rows, Path model, Path folder) {
    List<String> args = new ArrayList<>(List.of(command, "--quiet", "--format", "json"));
    args.addAll(List.of("--input", rows.toString(), "--label-column", LABEL));
    args.addAll(List.of("--model", model.toString(), "--report", folder.toString()));
    return args;
  }

  private record Sentence(String text, String label) {}

  /** The sentences of a file with one of the labels that are used. */
  private List<Sentence> sentences(String split) throws IOException {
    LabelledTexts rows =
        LabelledTexts.read(data.resolve(split + ".jsonl.gz"), "text", LABEL, Integer.MAX_VALUE);
    List<String> used = new TreeSet<>(List.of(rows.labels())).stream().limit(labels).toList();
    List<Sentence> sentences = new ArrayList<>();
    for (int i = 0; i < rows.labels().length; i++) {
      if (used.contains(rows.labels()[i])) {
        String text = new String(rows.texts()[i], StandardCharsets.UTF_8);
        sentences.add(new Sentence(text, rows.labels()[i]));
      }
    }
    return sentences;
  }

  /** Joins each sentence with another one, in turns until there are enough rows. */
  private static List<ObjectNode> pairs(List<Sentence> sentences, int rows) {
    Random random = new Random(1);
    List<Sentence> order = new ArrayList<>();
    List<ObjectNode> pairs = new ArrayList<>();
    while (pairs.size() < rows) {
      if (order.size() < 2) {
        order = new ArrayList<>(sentences);
        Collections.shuffle(order, random);
      }
      Sentence first = order.remove(order.size() - 1);
      Sentence second = order.remove(order.size() - 1);
      ObjectNode row = JSON.createObjectNode();
      row.put("text", first.text() + ". " + second.text() + ".");
      row.putArray(LABEL).add(first.label()).add(second.label());
      pairs.add(row);
    }
    return pairs;
  }

  private static List<ObjectNode> single(List<Sentence> sentences) {
    return sentences.stream()
        .map(
            sentence ->
                JSON.createObjectNode().put("text", sentence.text()).put(LABEL, sentence.label()))
        .toList();
  }

  private static Path write(Path file, List<ObjectNode> rows) throws IOException {
    return Files.write(file, rows.stream().map(ObjectNode::toString).toList());
  }

  private static JsonNode report(Path folder, String name) throws IOException {
    return JSON.readTree(folder.resolve(name + ".json").toFile());
  }

  private void printSeveral(JsonNode fit, JsonNode evaluation) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%nTwo labels a row: %,d rows for the fit (%.0f s), %,d for the evaluation; %d labels; full depth ends after"
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

  private void printAbstention(int fit, int calibration, JsonNode evaluation) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%nOne label a row: %,d rows for the fit, %,d for the calibration, %,d for the"
            + " evaluation%n%n",
        fit,
        calibration,
        evaluation.get("rows").asLong());
    out.print("| | answered | right answers |\n|---|---|---|\n");
    out.printf(Locale.ROOT, "| every row | 100 %% | %s |%n", percent(evaluation.get("accuracy")));
    double minScore = evaluation.get("min_score").asDouble();
    for (JsonNode point : evaluation.get("coverage")) {
      if (point.get("min_score").asDouble() == minScore) {
        out.printf(
            Locale.ROOT,
            "| score of %s or more | %s | %s, at least %.1f %% promised |%n",
            minScore,
            percent(point.get("coverage")),
            percent(point.get("precision")),
            100 * precision);
      }
    }
    out.flush();
  }

  private static String percent(JsonNode share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share.asDouble());
  }
}
