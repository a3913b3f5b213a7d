package org.sparkadept.training;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.sparkadept.training.data.EncodedRow;
import org.sparkadept.training.data.LabelSet;
import org.sparkadept.training.data.LabelledRow;
import org.sparkadept.training.data.RowFile;
import org.sparkadept.training.data.Split;
import org.sparkadept.training.evaluate.Evaluator;
import org.sparkadept.training.evaluate.ExitOutcomes;
import org.sparkadept.training.evaluate.ExitReport;
import org.sparkadept.training.export.ModelCard;
import org.sparkadept.training.export.ModelDirectory;
import org.sparkadept.training.export.ModelExport;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.optimize.Hyperparameters;
import org.sparkadept.training.optimize.Trainer;
import org.sparkadept.training.tokenizer.BytePairTrainer;
import org.sparkadept.training.tokenizer.TokenizerFile;
import org.sparkadept.training.tokenizer.Vocabulary;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command that trains a model with exit heads and writes it as a Hugging Face directory. Started
 * again with the same checkpoint directory it goes on where it stopped.
 */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = "Trains a decoder with exit heads on labelled rows.")
public final class TrainModel implements Callable<Integer> {
  private static final double SECONDS_PER_MINUTE = 60;

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

  @Option(
      names = "--max-minutes",
      description = "Squeeze the schedules so that all steps take no longer than this.")
  private double maxMinutes = Double.POSITIVE_INFINITY;

  @Option(
      names = "--checkpoint-minutes",
      description = "Minutes between checkpoints (${DEFAULT-VALUE}).")
  private double checkpointMinutes = 5;

  @Option(names = "--threads", description = "Threads of PyTorch (${DEFAULT-VALUE}).")
  private int threads = 2;

  @Mixin private TrainingOptions options;

  @Override
  public Integer call() throws IOException {
    if (card != null && test == null) {
      throw new CommandLine.ParameterException(spec.commandLine(), "--card needs --test");
    }
    Hyperparameters parameters = options.hyperparameters();
    List<LabelledRow> rows = RowFile.read(train);
    LabelSet labels = LabelSet.of(rows);
    ModelShape model = options.shape(labels.size());
    Split split = Split.of(rows, validation, parameters.seed());
    ModelExport export = new ModelExport(output);
    Files.createDirectories(work);
    learnTokenizer(split.train(), model);
    List<EncodedRow> trainRows = encode(split.train(), labels, maxTokens);
    List<EncodedRow> validationRows = encode(split.validation(), labels, model.maxPositions());
    List<EncodedRow> testRows =
        test == null ? List.of() : encode(RowFile.read(test), labels, model.maxPositions());
    Engine engine = Training.pyTorch(threads);
    ProgressLog log = new ProgressLog(spec.commandLine().getOut());
    double limit = maxMinutes * SECONDS_PER_MINUTE;
    try (Trainer trainer = new Trainer(engine, model, parameters, trainRows, work, limit);
        NDManager manager = engine.newBaseManager()) {
      do {
        runUntilEpochEnd(trainer, log);
        ModelDirectory draft = export.begin();
        draft.write(model, labels, trainer.averagedWeights().values(), work);
        Map<String, ExitOutcomes> outcomes = new LinkedHashMap<>();
        outcomes.put("validation", choosePolicy(manager, draft, validationRows, log));
        if (trainer.finished()) {
          if (test != null) {
            outcomes.put("test", evaluate(manager, draft, testRows));
          }
          RunFacts facts = facts(trainer, trainRows.size());
          facts.putTable("model_shape", model);
          facts.putTable("hyperparameters", parameters);
          report(draft, outcomes, facts, log);
        }
        export.publish();
      } while (!trainer.finished());
    }
    return 0;
  }

  private void runUntilEpochEnd(Trainer trainer, ProgressLog log) throws IOException {
    double saved = trainer.elapsedSeconds();
    boolean epochEnded = false;
    while (!epochEnded && !trainer.finished()) {
      Trainer.Report report = trainer.step();
      log.add(report, trainer.epochs());
      epochEnded = trainer.atEpochEnd();
      if (trainer.elapsedSeconds() - saved > checkpointMinutes * SECONDS_PER_MINUTE) {
        trainer.save();
        saved = trainer.elapsedSeconds();
      }
    }
    trainer.save();
  }

  /** Learns the tokenizer, unless an earlier part of this run has. */
  private void learnTokenizer(List<LabelledRow> rows, ModelShape model) throws IOException {
    if (Files.exists(work.resolve(TokenizerFile.NAME))) {
      return;
    }
    List<String> texts = new ArrayList<>();
    for (LabelledRow row : rows) {
      texts.add(row.text());
    }
    Vocabulary vocabulary = BytePairTrainer.train(texts, model.vocabulary());
    TokenizerFile.write(work, vocabulary, model.maxPositions());
  }

  private List<EncodedRow> encode(List<LabelledRow> rows, LabelSet labels, int longest) {
    return EncodedRow.encode(rows, labels, work.resolve(TokenizerFile.NAME), longest);
  }

  private static ExitOutcomes choosePolicy(
      NDManager manager, ModelDirectory directory, List<EncodedRow> rows, ProgressLog log)
      throws IOException {
    ExitOutcomes outcomes = evaluate(manager, directory, rows);
    ExitOutcomes.AtThreshold policy = outcomes.chooseThreshold();
    directory.writePolicy(outcomes, policy);
    log.print(
        "validation accuracy at exit 1: %.4f, at full depth: %.4f; threshold %.3f gives %.4f"
            + " at a mean exit layer of %.2f",
        outcomes.accuracy(0),
        outcomes.accuracy(outcomes.exits() - 1),
        policy.threshold(),
        policy.accuracy(),
        policy.meanExitLayer());
    return outcomes;
  }

  private static ExitOutcomes evaluate(
      NDManager manager, ModelDirectory directory, List<EncodedRow> rows) {
    try (NDManager scope = manager.newSubManager()) {
      return Evaluator.evaluate(scope, directory.shape(), directory.weights(scope), rows);
    }
  }

  private RunFacts facts(Trainer trainer, int trainRows) {
    RunFacts facts = new RunFacts();
    facts.put("train_rows", String.valueOf(trainRows));
    facts.put("epochs", String.format(Locale.ROOT, "%.2f", trainer.epochs()));
    facts.putMinutes("minutes", trainer.elapsedSeconds());
    facts.putChangedOptions("changed_options", spec.commandLine().getParseResult());
    facts.putMachine(threads);
    return facts;
  }

  private void report(
      ModelDirectory directory, Map<String, ExitOutcomes> outcomes, RunFacts facts, ProgressLog log)
      throws IOException {
    double threshold = directory.confidence().orElseThrow();
    log.print("%s", ExitReport.perExit(outcomes));
    log.print("%s", ExitReport.atThreshold(outcomes, threshold));
    if (card != null) {
      facts.putOutcomes(outcomes, threshold);
      ModelCard.write(card, directory, facts.all());
    }
  }
}
