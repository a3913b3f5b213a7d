package org.sparkadept.training;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.sparkadept.training.data.LabelledRow;
import org.sparkadept.training.data.RowFile;
import org.sparkadept.training.data.RowFile.RowWriter;
import org.sparkadept.training.data.Split;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Command that writes the training rows with a field {@code split}, as {@code adept fit
 * --split-column} reads it. The rows that training held back become {@code calibration}: a
 * guarantee needs rows that nothing was fitted on.
 */
@Command(
    name = "split",
    mixinStandardHelpOptions = true,
    description =
        "Writes training rows with a field split: calibration for those that train held back,"
            + " train or validation for the others.")
public final class SplitRows implements Callable<Integer> {
  private static final String TRAIN = "train";
  private static final String VALIDATION = "validation";
  private static final String CALIBRATION = "calibration";

  @Spec private CommandSpec spec;

  @Option(names = "--train", required = true, description = "Training rows, .jsonl or .jsonl.gz.")
  private Path train;

  @Option(names = "--output", required = true, description = "Rows to write, .jsonl or .jsonl.gz.")
  private Path output;

  @Option(
      names = "--validation",
      description = "Share of the rows that train held back (${DEFAULT-VALUE}).")
  private double validation = 0.05;

  @Option(
      names = "--policy-share",
      description = "Share of the others that becomes validation (${DEFAULT-VALUE}).")
  private double policyShare = 0.3;

  @Option(names = "--seed", description = "Seed of the command train (${DEFAULT-VALUE}).")
  private long seed = 17;

  @Override
  public Integer call() throws IOException {
    Split split = Split.of(RowFile.read(train), validation, seed);
    Random random = new Random(seed);
    try (RowWriter writer = new RowWriter(output)) {
      for (LabelledRow row : split.train()) {
        writer.write(row, random.nextDouble() < policyShare ? VALIDATION : TRAIN);
      }
      for (LabelledRow row : split.validation()) {
        writer.write(row, CALIBRATION);
      }
    }
    List<Integer> counts = List.of(split.train().size(), split.validation().size());
    spec.commandLine()
        .getOut()
        .printf("%,d rows to fit on, %,d to calibrate on%n", counts.toArray());
    spec.commandLine().getOut().flush();
    return 0;
  }
}
