package org.sparkadept.benchmarks.real;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkadept.benchmarks.step.Step;

/**
 * All that was measured on one data set; steps that were skipped are null.
 *
 * @param name of the data set
 * @param trainRows rows that everything was fitted on
 * @param testRows rows that everything was measured on
 * @param labels number of labels
 * @param maxTokens longest row in tokens; 0 for the default of the commands
 * @param maxDisagreement the guarantee, a share of the rows
 * @param shares how the train rows were split
 * @param tfIdf TF-IDF with logistic regression
 * @param fullDepth a pass through the whole checkpoint
 * @param readOuts static read-outs of the frozen backbone
 * @param fit how {@code adept fit} went
 * @param frozen what it made
 * @param frozenTime how fast that is
 * @param tune how {@code adept tune} went
 * @param tuned what it made
 * @param tunedTime how fast that is
 */
record DataSetResult(
    String name,
    long trainRows,
    long testRows,
    int labels,
    int maxTokens,
    double maxDisagreement,
    SplitShares shares,
    Step<TfIdf> tfIdf,
    Step<FullDepth> fullDepth,
    Step<StaticReadOuts> readOuts,
    Step<Made> fit,
    Step<Fitted> frozen,
    Step<Timing> frozenTime,
    Step<Made> tune,
    Step<Fitted> tuned,
    Step<Timing> tunedTime) {

  /** The steps that were done, by what they are called. */
  Map<String, Step<?>> steps() {
    Map<String, Step<?>> steps = new LinkedHashMap<>();
    steps.put("TF-IDF", tfIdf);
    steps.put("full depth", fullDepth);
    steps.put("static read-outs", readOuts);
    steps.put("adept fit", fit);
    steps.put("adept evaluate, frozen", frozen);
    steps.put("time, frozen", frozenTime);
    steps.put("adept tune", tune);
    steps.put("adept evaluate, tuned", tuned);
    steps.put("time, tuned", tunedTime);
    steps.values().removeIf(step -> step == null);
    return steps;
  }

  /** Time of a fit or a tuning over that of one pass of the train rows at full depth. */
  double passes(double seconds) {
    return seconds / fullDepth.result().train().seconds();
  }
}
