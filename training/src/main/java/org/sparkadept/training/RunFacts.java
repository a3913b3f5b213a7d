package org.sparkadept.training;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.sparkadept.training.evaluate.ExitOutcomes;
import org.sparkadept.training.evaluate.ExitReport;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/** What a training run knows about itself, as texts for the model card. */
final class RunFacts {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");
  private static final int SECONDS_PER_MINUTE = 60;

  private final Map<String, String> facts = new TreeMap<>();

  /** The facts so far, by name of the placeholder. */
  Map<String, String> all() {
    return facts;
  }

  void put(String name, String text) {
    facts.put(name, text);
  }

  void putMinutes(String name, double seconds) {
    put(name, String.format(Locale.ROOT, "%.0f", seconds / SECONDS_PER_MINUTE));
  }

  /** The options given on the command line, without those that name files and folders. */
  void putChangedOptions(String name, ParseResult parsed) {
    StringBuilder options = new StringBuilder();
    for (OptionSpec option : parsed.matchedOptions()) {
      if (!option.type().equals(Path.class)) {
        options.append(' ').append(option.longestName()).append(' ');
        options.append(option.getValue().toString());
      }
    }
    put(name, options.toString());
  }

  /** The components of a record as a Markdown table. */
  void putTable(String name, Record values) {
    StringBuilder table = new StringBuilder("| name | value |\n|---|---|\n");
    for (RecordComponent component : values.getClass().getRecordComponents()) {
      try {
        Object value = component.getAccessor().invoke(values);
        table.append("| ").append(component.getName()).append(" | ").append(value).append(" |\n");
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("component " + component.getName(), e);
      }
    }
    put(name, table.toString());
  }

  void putOutcomes(Map<String, ExitOutcomes> outcomes, double threshold) {
    put("exit_table", ExitReport.perExit(outcomes));
    put("threshold_table", ExitReport.atThreshold(outcomes, threshold));
  }

  /** Processor, number of cores available to the JVM, operating system, Java. */
  void putMachine(int threads) {
    put(
        "machine",
        String.format(
            Locale.ROOT,
            "%s, %d cores available to the JVM, PyTorch threads: %d, %s %s, Java %s",
            processor(),
            Runtime.getRuntime().availableProcessors(),
            threads,
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            System.getProperty("java.version")));
  }

  private static String processor() {
    try {
      for (String line : Files.readAllLines(CPU_INFO)) {
        if (line.startsWith("model name")) {
          return line.substring(line.indexOf(':') + 1).strip();
        }
      }
    } catch (IOException e) {
      return "a processor of unknown name";
    }
    return "a processor of unknown name";
  }
}
