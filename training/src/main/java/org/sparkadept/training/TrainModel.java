package org.sparkadept.training;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.tokenizer.TextTokenizer;
import org.sparkadept.decoder.tokenizer.TokenizedText;
import org.sparkadept.training.data.LabelSet;
import org.sparkadept.training.data.LabelledRow;
import org.sparkadept.training.data.RowFile;
import org.sparkadept.training.data.Split;
import org.sparkadept.training.evaluate.Evaluator;
import org.sparkadept.training.evaluate.ExitOutcomes;
import org.sparkadept.training.evaluate.ExitReport;
import org.sparkadept.training.export.ConfidencePolicy;
import org.sparkadept.training.export.InitialBackbone;
import org.sparkadept.training.export.ModelCard;
import org.sparkadept.training.export.ModelExport;
import org.sparkadept.training.export.ModelShape;
import org.sparkadept.training.model.TrainingRow;
import org.sparkadept.training.tokenizer.BytePairTrainer;
import org.sparkadept.training.tokenizer.TokenizerFile;
import org.sparkadept.training.tokenizer.Vocabulary;
import org.sparkadept.training.tune.EpochResult;
import org.sparkadept.training.tune.TuneListener;
import org.sparkadept.training.tune.TuneProgress;
import org.sparkadept.training.tune.TuneResult;
import org.sparkadept.training.tune.TuneSettings;
import org.sparkadept.training.tune.Tuner;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command that trains a model with exit heads and writes it as a Hugging Face directory: it tunes a
 * backbone of random weights. Started again with the same work folder it goes on where it stopped.
 */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Trains a decoder with exit heads on labelled rows.")
public final class TrainModel implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(names = "--train", required = true, description = "Training rows, .jsonl or .jsonl.gz.")
  private Path train;

  @Option(names = "--test", description = "Rows for the final evaluation, and nothing else.")
  private Path test;

  @Option(names = "--output", required = true, description = "Model directory to write.")
  private Path output;

  @Option(names = "--work", required = true, description = "Directory for checkpoints.")
  private Path work;

  @Option(names = "--card", description = "Template of the model card; needs --test.")
  private Path card;

  @Option(
      names = "--validation",
      description = "Share of the training rows that is held back (${DEFAULT-VALUE}).")
  private double validation = 0.05;

  @Option(
      names = "--max-tokens",
      description = "Longer training rows lose their end (${DEFAULT-VALUE}).")
  private int maxTokens = 128;

  @Option(names = "--threads", description = "Threads of PyTorch (${DEFAULT-VALUE}).")
  private int threads = 2;

  @Mixin private TrainingOptions options;

  @Override
  public Integer call() throws IOException {
    if (card != null && test == null) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--card needs --test");
    }
    List<LabelledRow> rows = RowFile.read(train);
    LabelSet labels = LabelSet.of(rows);
    ModelShape shape = options.shape();
    TuneSettings settings = options.settings(threads);
    Split split = Split.of(rows, validation, options.seed());
    ModelExport export = new ModelExport(output);
    Path backbone = Files.createDirectories(work.resolve("backbone"));
    begin(backbone, split.train(), shape);
    TuneResult result =
        Tuner.run(
            ModelSource.of(backbone),
            work.resolve("run"),
            encode(backbone, split.train(), labels, maxTokens),
            encode(backbone, split.validation(), labels, shape.maxPositions()),
            labels.names(),
            settings,
            new Log(spec.commandLine().getOut()));
    Path draft = export.begin();
    result.model().export(draft);
    Map<String, ExitOutcomes> outcomes = new LinkedHashMap<>();
    outcomes.put("validation", ConfidencePolicy.write(draft, result.model(), split.validation()));
    if (test != null) {
      outcomes.put("test", Evaluator.evaluate(draft, RowFile.read(test)));
    }
    RunFacts facts = facts(result, split.train().size());
    facts.putTable("model_shape", shape);
    facts.putTable("hyperparameters", settings.optimization());
    report(draft, outcomes, facts);
    export.publish();
    return 0;
  }

  /** Prints what happens. */
  private record Log(PrintWriter out) implements TuneListener {
    @Override
    public void notice(String message) {
      out.println(message);
      out.flush();
    }

    @Override
    public void progress(TuneProgress progress) {
      notice(progress.toString());
    }

    @Override
    public void epoch(EpochResult result) {
      notice(result.line("accuracy"));
    }
  }

  /** Learns the tokenizer and draws the first weights, unless an earlier start of the run has. */
  private void begin(Path backbone, List<LabelledRow> rows, ModelShape shape) throws IOException {
    if (!Files.exists(backbone.resolve(TokenizerFile.NAME))) {
      List<String> texts = new ArrayList<>();
      for (LabelledRow row : rows) {
        texts.add(row.text());
      }
      Vocabulary vocabulary = BytePairTrainer.train(texts, shape.vocabulary());
      TokenizerFile.write(backbone, vocabulary, shape.maxPositions());
    }
    InitialBackbone.write(backbone, shape, options.seed());
  }

  private static List<TrainingRow> encode(
      Path backbone, List<LabelledRow> rows, LabelSet labels, int longest) {
    List<TrainingRow> encoded = new ArrayList<>();
    try (TextTokenizer tokenizer = TextTokenizer.open(backbone.resolve(TokenizerFile.NAME))) {
      tokenizer.requireRoom(longest);
      for (LabelledRow row : rows) {
        byte[] utf8 = row.text().getBytes(StandardCharsets.UTF_8);
        TokenizedText text = tokenizer.encode(utf8, longest);
        if (text.error() != null) {
          throw new IllegalArgumentException("row " + row.id() + ": " + text.error());
        }
        encoded.add(new TrainingRow(text.ids(), labels.indexOf(row)));
      }
    }
    return encoded;
  }

  private RunFacts facts(TuneResult result, int trainRows) {
    RunFacts facts = new RunFacts();
    facts.put("train_rows", String.valueOf(trainRows));
    facts.put("epochs", String.format(Locale.ROOT, "%d", result.epochs().size()));
    facts.putMinutes("minutes", result.seconds());
    facts.putChangedOptions("changed_options", spec.commandLine().getParseResult());
    facts.putMachine(threads);
    return facts;
  }

  private void report(Path directory, Map<String, ExitOutcomes> outcomes, RunFacts facts)
      throws IOException {
    double threshold = outcomes.get("validation").chooseThreshold().threshold();
    PrintWriter out = spec.commandLine().getOut();
    out.println(ExitReport.perExit(outcomes));
    out.println(ExitReport.atThreshold(outcomes, threshold));
    out.flush();
    if (card != null) {
      facts.putOutcomes(outcomes, threshold);
      ModelCard.write(card, directory, facts.all());
    }
  }
}
