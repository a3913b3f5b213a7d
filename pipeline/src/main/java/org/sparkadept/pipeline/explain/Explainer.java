package org.sparkadept.pipeline.explain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.result.ExitTrace;
import org.sparkadept.pipeline.evaluate.EvaluationPlan;
import org.sparkadept.pipeline.report.data.Explanation;
import org.sparkadept.pipeline.report.data.Version;
import org.sparkadept.udfs.conf.AdeptConf;

/** Explains the answers of one model. */
public final class Explainer implements AutoCloseable {
  private final EvaluationPlan plan;
  private final Decoder decoder;
  private final TokenText tokens;

  /**
   * Loads the model.
   *
   * @param conf names the model and its options
   * @throws AdeptException if no model is named, or it or an option cannot be used
   */
  public Explainer(AdeptConf conf) {
    plan = EvaluationPlan.of(conf);
    tokens = new TokenText(plan.model().path().resolve("tokenizer.json"));
    decoder = Decoder.open(plan.model().path(), plan.answering());
  }

  /**
   * Explains the answer to a text.
   *
   * @throws AdeptException if the text cannot be scored
   */
  public Explanation explain(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    org.sparkadept.decoder.result.Explanation found = decoder.explain(utf8);
    ExitTrace trace = decoder.trace(new byte[][] {utf8}, true)[0];
    List<Explanation.Step> steps = new ArrayList<>();
    double compute = 1;
    for (int exit = 0; exit < trace.exits(); exit++) {
      org.sparkadept.decoder.result.Explanation.Exit readout = found.exits().get(exit);
      if (readout.layer() == found.exitLayer()) {
        compute = trace.cost(exit);
      }
      steps.add(
          new Explanation.Step(
              readout.layer(),
              readout.label(),
              readout.probability(),
              readout.value(),
              readout.leaves(),
              probabilities(trace, exit)));
    }
    return new Explanation(
        plan.model().toString(),
        Version.get(),
        text,
        found.truncated(),
        found.label(),
        found.probability(),
        found.exitLayer(),
        decoder.layers(),
        compute,
        plan.policy(),
        plan.threshold(),
        decoder.labels(),
        steps,
        tokens(found));
  }

  private static List<Double> probabilities(ExitTrace trace, int exit) {
    List<Double> probabilities = new ArrayList<>();
    for (float probability : trace.probabilities()[exit]) {
      probabilities.add((double) probability);
    }
    return probabilities;
  }

  /** Where the tokens left; what is above the layer that answered would not have run. */
  private List<Explanation.Token> tokens(org.sparkadept.decoder.result.Explanation found) {
    List<Explanation.Token> exits = new ArrayList<>();
    for (int i = 0; i < found.tokens().size(); i++) {
      int layer = found.tokenExits().get(i);
      exits.add(
          new Explanation.Token(
              tokens.of(found.tokens().get(i)), layer < found.exitLayer() ? layer : 0));
    }
    return exits;
  }

  @Override
  public void close() {
    decoder.close();
  }
}
