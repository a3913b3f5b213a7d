package org.sparkadept.benchmarks.real;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkadept.decoder.error.AdeptException;
import picocli.CommandLine.Option;

/** Which data sets are measured, and how much of each. */
final class DataSetOptions {
  private static final Map<String, Integer> TRAIN_ROWS = Map.of("agnews", 6_000, "imdb", 5_000);
  private static final Map<String, Integer> MAX_TOKENS = Map.of("imdb", 256);

  @Option(
      names = "--datasets",
      split = ",",
      defaultValue = "trec6,agnews,banking77,imdb",
      description = "Folders in --data (${DEFAULT-VALUE}).")
  private List<String> names;

  @Option(
      names = "--train-rows",
      split = ",",
      paramLabel = "NAME=N",
      description = "Most train rows of a data set. Default: agnews=6000,imdb=5000, else all.")
  private Map<String, Integer> trainRows = new TreeMap<>();

  @Option(
      names = "--test-rows",
      split = ",",
      paramLabel = "NAME=N",
      description = "Most test rows of a data set. Default: 2000.")
  private Map<String, Integer> testRows = new TreeMap<>();

  @Option(
      names = "--max-tokens",
      split = ",",
      paramLabel = "NAME=N",
      description = "Tokens that longer rows are cut to. Default: imdb=256, else as 'adept fit'.")
  private Map<String, Integer> maxTokens = new TreeMap<>();

  @Option(
      names = "--calibration",
      split = ",",
      paramLabel = "NAME=SHARE",
      description = {
        "Share of the train rows that the exit threshold is calibrated on. Default: 0.2, or more",
        "where the guarantee allows fewer than 2 disagreements then."
      })
  private Map<String, Double> calibration = new TreeMap<>();

  /** The settings of each data set, in the order of their names. */
  List<DataSetSettings> settings() {
    for (Map<String, ?> given : List.of(trainRows, testRows, maxTokens, calibration)) {
      for (String name : given.keySet()) {
        if (!names.contains(name)) {
          throw new AdeptException("'" + name + "' is none of the data sets " + names + ".");
        }
      }
    }
    return names.stream().map(this::settings).toList();
  }

  private DataSetSettings settings(String name) {
    return new DataSetSettings(
        name,
        positive(trainRows.getOrDefault(name, TRAIN_ROWS.getOrDefault(name, Integer.MAX_VALUE))),
        positive(testRows.getOrDefault(name, 2_000)),
        positive(maxTokens.getOrDefault(name, MAX_TOKENS.getOrDefault(name, 0)), 0),
        calibration.getOrDefault(name, Double.NaN));
  }

  private static int positive(int value) {
    return positive(value, 1);
  }

  private static int positive(int value, int least) {
    if (value < least) {
      throw new AdeptException(
          "--train-rows, --test-rows and --max-tokens are positive numbers, but not "
              + value
              + ".");
    }
    return value;
  }
}
