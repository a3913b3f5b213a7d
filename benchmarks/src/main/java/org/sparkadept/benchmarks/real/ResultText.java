package org.sparkadept.benchmarks.real;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.sparkadept.benchmarks.real.StaticReadOuts.ReadOut;
import org.sparkadept.benchmarks.step.Step;

/** The tables, in Markdown. */
final class ResultText {
  private static final String NONE = "";

  private ResultText() {}

  /** Machine, checkpoint and all data sets. */
  static String of(Results results) {
    StringBuilder text = new StringBuilder();
    Machine machine = results.machine();
    text.append(
        line(
            "%s (%s), %d cores, Java %s, commit %s; checkpoint %s",
            machine.processor(),
            String.join(" ", machine.flags()),
            machine.cores(),
            machine.jdk(),
            results.commit(),
            results.model()));
    text.append('\n').append(summary(results.dataSets()));
    for (DataSetResult result : results.dataSets()) {
      text.append('\n').append(of(result, results.checks().get(result.name())));
    }
    return text.toString();
  }

  /** Accuracy and FLOPs of everything on every data set. */
  private static String summary(List<DataSetResult> results) {
    StringBuilder text = new StringBuilder("| accuracy, FLOPs of the checkpoint's |");
    results.forEach(result -> text.append(' ').append(result.name()).append(" |"));
    text.append("\n|---|").append("---|".repeat(results.size())).append('\n');
    row(text, results, "TF-IDF, logistic regression", ResultText::tfIdfCell);
    row(text, results, "best static read-out, frozen, ridge", ResultText::ridgeCell);
    row(text, results, "best static exit, frozen", result -> exitCell(result.frozen()));
    row(text, results, "fitted, frozen", result -> cell(result.frozen()));
    row(text, results, "best static exit, tuned", result -> exitCell(result.tuned()));
    row(text, results, "fitted, tuned", result -> cell(result.tuned()));
    return text.toString();
  }

  private static void row(
      StringBuilder text,
      List<DataSetResult> results,
      String name,
      Function<DataSetResult, String> cell) {
    text.append("| ").append(name).append(" |");
    results.forEach(result -> text.append(' ').append(cell.apply(result)).append(" |"));
    text.append('\n');
  }

  private static String tfIdfCell(DataSetResult result) {
    return result.tfIdf() == null ? NONE : percent(result.tfIdf().result().accuracy());
  }

  private static String ridgeCell(DataSetResult result) {
    return result.readOuts() == null ? NONE : cell(result.readOuts().result().best());
  }

  private static String exitCell(Step<Fitted> model) {
    return model == null ? NONE : cell(model.result().bestExit());
  }

  private static String cell(ReadOut readOut) {
    return percent(readOut.accuracy()) + ", " + percent(readOut.compute());
  }

  private static String cell(Step<Fitted> model) {
    return model == null
        ? NONE
        : percent(model.result().accuracy()) + ", " + percent(model.result().compute());
  }

  /** One data set. */
  static String of(DataSetResult result, List<Check> checks) {
    StringBuilder text = new StringBuilder(heading(result));
    text.append("| | layer | accuracy | agreement | FLOPs | time | fit time |\n");
    text.append("|---|---|---|---|---|---|---|\n");
    text.append(tfIdf(result));
    if (result.readOuts() != null) {
      text.append(
          readOut("best static read-out, frozen, ridge", result.readOuts().result().best()));
    }
    if (result.frozen() != null) {
      text.append(readOut("best static exit, frozen", result.frozen().result().bestExit()));
      double seconds = result.fit().result().fitSeconds();
      text.append(
          model(
              "fitted, frozen",
              result,
              result.frozen(),
              result.frozenTime(),
              result.fit(),
              seconds));
    }
    if (result.tuned() != null) {
      text.append(readOut("best static exit, tuned", result.tuned().result().bestExit()));
      double seconds = result.tune().result().seconds();
      text.append(
          model(
              "fitted, tuned", result, result.tuned(), result.tunedTime(), result.tune(), seconds));
    }
    text.append("\n| step | seconds | commit |\n|---|---|---|\n");
    for (Map.Entry<String, Step<?>> step : result.steps().entrySet()) {
      text.append(
          line(
              "| %s%s | %,.0f | %s |",
              step.getKey(),
              step.getValue().interrupted() ? ", interrupted" : NONE,
              step.getValue().seconds(),
              step.getValue().commit()));
    }
    text.append("\n| check | | |\n|---|---|---|\n");
    for (Check check : checks) {
      text.append(
          line(
              "| %s: %s | %s | %s |",
              check.model(),
              check.claim(),
              check.outcome().name().toLowerCase(Locale.ROOT),
              check.figures()));
    }
    return text.toString();
  }

  private static String heading(DataSetResult result) {
    FullDepth pass = result.fullDepth().result();
    return line(
            "%s: %,d train rows, %,d test rows, %d labels%s; a pass at full depth takes %,.1f s"
                + " (train) and %,.1f s (test, %,.2f TFLOP)",
            result.name(),
            result.trainRows(),
            result.testRows(),
            result.labels(),
            result.maxTokens() > 0 ? ", at most " + result.maxTokens() + " tokens" : NONE,
            pass.train().seconds(),
            pass.test().seconds(),
            pass.test().flops() / 1e12)
        + line(
            "Guarantee: at most %s %% of the rows disagree with the reference. Shares: train %s,"
                + " validation %s, calibration about %,d rows, on which at most %d disagreements"
                + " pass%n",
            Math.round(1e4 * result.maxDisagreement()) / 1e2,
            result.shares().train(),
            result.shares().validation(),
            result.shares().calibrationRows(),
            result.shares().disagreements());
  }

  private static String tfIdf(DataSetResult result) {
    if (result.tfIdf() == null) {
      return NONE;
    }
    TfIdf tfIdf = result.tfIdf().result();
    return line(
        "| TF-IDF of words and bigrams, logistic regression | | %s (%s to %s) | | | | |",
        percent(tfIdf.accuracy()),
        percent(tfIdf.interval().low()),
        percent(tfIdf.interval().high()));
  }

  private static String readOut(String name, ReadOut readOut) {
    return line(
        "| %s (%s) | %d | %s | | %s | | |",
        name,
        readOut.input(),
        readOut.layer(),
        percent(readOut.accuracy()),
        percent(readOut.compute()));
  }

  private static String model(
      String name,
      DataSetResult result,
      Step<Fitted> evaluated,
      Step<Timing> timed,
      Step<Made> made,
      double seconds) {
    Fitted model = evaluated.result();
    boolean known = !Double.isNaN(seconds) && !made.interrupted();
    return line(
        "| %s%s | %d (%s) | %s | %s | %s | %s | %s |",
        name,
        model.certified() ? NONE : ", no threshold certified",
        model.reference(),
        percent(model.referenceAccuracy()),
        percent(model.accuracy()),
        percent(model.agreement()),
        percent(model.compute()),
        percent(timed.result().share()),
        known ? line("%.2f passes", result.passes(seconds)).strip() : "not known");
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private static String line(String format, Object... values) {
    return String.format(Locale.ROOT, format, values) + "\n";
  }
}
