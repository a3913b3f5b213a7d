package org.sparkadept.pipeline.explain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.LoadedModel;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.prompt.Prompt;
import org.sparkadept.decoder.result.ExitReadout;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.pipeline.evaluate.EvaluationPlan;
import org.sparkadept.pipeline.report.data.Explanation;
import org.sparkadept.pipeline.report.data.Version;
import org.sparkadept.udfs.conf.AdeptConf;

/** Explains the answers of one model. */
public final class Explainer implements AutoCloseable {
  private final EvaluationPlan plan;
  private final Prompt prompt;
  private final LoadedModel model;
  private final Classifier classifier;

  /**
   * Loads the model.
   *
   * @param conf names the model and its options
   * @throws AdeptException if no model is named, or it or an option cannot be used
   */
  public Explainer(AdeptConf conf) {
    plan = EvaluationPlan.of(conf);
    prompt = ModelDirectory.promptOf(plan.model().path());
    model = LoadedModel.open(plan.model().source(), plan.compute());
    try {
      classifier = model.classifier(plan.answering());
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** The columns that the model's prompt reads; empty where it has none. */
  public List<String> textColumns() {
    return prompt == null ? List.of() : prompt.columns();
  }

  /**
   * Explains the answer to a text.
   *
   * @param text of a row, that of several columns as {@link org.sparkadept.decoder.prompt.RowTexts}
   *     packs it
   * @throws AdeptException if the text cannot be scored
   */
  public Explanation explain(String text) {
    org.sparkadept.decoder.result.Explanation found =
        classifier.explain(text.getBytes(StandardCharsets.UTF_8));
    ExitTrace trace = found.trace();
    int answer = trace.answer();
    ExitReadout answering = trace.readouts()[answer];
    return new Explanation(
        plan.model().toString(),
        Version.get(),
        prompt == null ? text : found.text(),
        found.truncated(),
        label(answering),
        answering.label() < 0 ? Double.NaN : answering.score(),
        answer(answering),
        classifier.rule().isMultiLabel(),
        answering.layer(),
        model.layers(),
        trace.cost(answer),
        plan.policy().toString(),
        plan.threshold(),
        model.labels(),
        steps(trace),
        tokens(found, answering.layer()));
  }

  private List<Explanation.Step> steps(ExitTrace trace) {
    List<Explanation.Step> steps = new ArrayList<>();
    for (int exit = 0; exit < trace.exits(); exit++) {
      ExitReadout readout = trace.readouts()[exit];
      List<Double> probabilities = new ArrayList<>();
      for (float probability : trace.probabilities()[exit]) {
        probabilities.add((double) probability);
      }
      steps.add(
          new Explanation.Step(
              readout.layer(),
              label(readout),
              readout.probability(),
              answer(readout),
              trace.preferences()[exit],
              trace.decisions()[exit],
              probabilities));
    }
    return steps;
  }

  private String label(ExitReadout readout) {
    return readout.label() < 0 ? null : model.labels().get(readout.label());
  }

  private List<Explanation.LabelScore> answer(ExitReadout readout) {
    List<Explanation.LabelScore> answer = new ArrayList<>();
    for (int i = 0; i < readout.scores().length; i++) {
      String label = model.labels().get(readout.labels().get(i));
      answer.add(new Explanation.LabelScore(label, readout.scores()[i]));
    }
    answer.sort(Comparator.comparingDouble(Explanation.LabelScore::probability).reversed());
    return answer;
  }

  /** Where the tokens exited; what is above the layer that answered would not have run. */
  private List<Explanation.Token> tokens(
      org.sparkadept.decoder.result.Explanation found, int exitLayer) {
    List<Explanation.Token> exits = new ArrayList<>();
    for (int i = 0; i < found.tokens().size(); i++) {
      int layer = found.trace().tokenExits()[i];
      exits.add(new Explanation.Token(found.tokens().get(i), layer < exitLayer ? layer : 0));
    }
    return exits;
  }

  @Override
  public void close() {
    model.close();
  }
}
