package org.sparkadept.pipeline.report;

import java.util.ArrayList;
import java.util.List;
import org.sparkadept.pipeline.report.data.Abstention;
import org.sparkadept.pipeline.report.data.Calibration;
import org.sparkadept.pipeline.report.data.ConfidenceBin;
import org.sparkadept.pipeline.report.data.CoveragePoint;
import org.sparkadept.pipeline.report.data.Evaluation;
import org.sparkadept.pipeline.report.data.Explanation;
import org.sparkadept.pipeline.report.data.Fit;
import org.sparkadept.pipeline.report.data.FrontierPoint;
import org.sparkadept.pipeline.report.data.InputCounts;
import org.sparkadept.pipeline.report.data.Provenance;
import org.sparkadept.pipeline.report.data.RiskCurve;
import org.sparkadept.pipeline.report.data.Tuning;

/** Reports with made-up numbers of every kind and any size; the same ones each time. */
final class SampleReports {
  static final Provenance PROVENANCE =
      new Provenance("/models/adept-sample", "/data/test.parquet", "0.1.0", "2026-11-23T10:00:00Z");

  private static final int LAYERS = 8;

  private SampleReports() {}

  static List<String> labels(int count) {
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      labels.add("class number " + i);
    }
    return labels;
  }

  static Evaluation evaluation(List<String> labels) {
    int classes = labels.size();
    long[][] histogram = new long[classes][LAYERS];
    long[][] confusion = new long[classes][classes];
    for (int label = 0; label < classes; label++) {
      for (int exit = 0; exit < LAYERS; exit++) {
        histogram[label][exit] = 1000L / (1 + (exit + label) % LAYERS);
      }
      for (int answer = 0; answer < classes; answer++) {
        int distance = Math.abs(label - answer);
        confusion[label][answer] = distance == 0 ? 4876 : distance < 3 ? 61 / distance : 0;
      }
    }
    List<Evaluation.Exit> exits = new ArrayList<>();
    for (int layer = 1; layer <= LAYERS; layer++) {
      double head = 0.985 - 0.3 / (layer * layer);
      exits.add(
          new Evaluation.Exit(
              layer, 40_000L >> layer, layer == 7 ? Double.NaN : 0.99, head, head + 0.01));
    }
    return new Evaluation(
        PROVENANCE,
        new InputCounts(70_012, 3, 4, 2, 5, 6, List.of("Planet"), List.of("text is empty")),
        "adept",
        0.9,
        70_000,
        labels,
        0.97512,
        0.99871,
        0.1374,
        0.0687,
        12.43,
        0.97623,
        101.7,
        exits,
        frontier(),
        bins(),
        0.9,
        coverage(),
        histogram,
        confusion,
        null);
  }

  static List<FrontierPoint> frontier() {
    List<FrontierPoint> points = new ArrayList<>();
    double[] quality = {0.02, 0.035, 0.05, 0.08};
    List<String> policies = List.of("adept", "confidence", "entropy", "patience");
    for (int policy = 0; policy < policies.size(); policy++) {
      for (int step = 1; step <= 9; step++) {
        double compute = 0.06 + 0.008 * step * step + 0.01 * policy;
        double accuracy = 0.976 - quality[policy] * Math.exp(-step / 2.0);
        points.add(
            new FrontierPoint(
                policies.get(policy),
                step / 10.0,
                compute,
                accuracy,
                accuracy + 0.02,
                1 + LAYERS * compute));
      }
    }
    return points;
  }

  static List<ConfidenceBin> bins() {
    List<ConfidenceBin> bins = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      double from = i / 10.0;
      double mean = from + 0.055;
      boolean empty = i == 1;
      bins.add(
          new ConfidenceBin(
              from,
              (i + 1) / 10.0,
              empty ? 0 : 13L + 90L * i * i * i,
              empty ? Double.NaN : mean,
              empty ? Double.NaN : Math.pow(mean, 1.2)));
    }
    return bins;
  }

  static RiskCurve risk(double chosen) {
    List<RiskCurve.Point> points = new ArrayList<>();
    for (int i = 0; i <= 100; i++) {
      double threshold = i / 100.0;
      double disagreement = 0.05 * Math.pow(1 - threshold, 2);
      points.add(
          new RiskCurve.Point(
              threshold, disagreement, disagreement + 0.004, 0.05 + 0.9 * threshold));
    }
    return risk("adept", 0.01, 0.95, chosen, points);
  }

  /** Disagreement under a policy, where no token leaves early. */
  static RiskCurve risk(
      String policy,
      double target,
      double confidence,
      double chosen,
      List<RiskCurve.Point> points) {
    return new RiskCurve(
        "disagreement", policy, false, target, confidence, confidence, chosen, points);
  }

  static Calibration calibration() {
    return new Calibration(
        PROVENANCE, "/models/adept-sample/adept.json", 10_000, 61.5, risk(0.66), bins());
  }

  static Abstention abstention() {
    return new Abstention(
        PROVENANCE,
        "/models/adept-sample/adept.json",
        10_000,
        61.5,
        0.98,
        0.95,
        0.9975,
        0.9,
        coverage());
  }

  static List<CoveragePoint> coverage() {
    List<CoveragePoint> points = new ArrayList<>();
    for (double score : new double[] {0, 0.5, 0.7, 0.9, 0.99}) {
      double coverage = 1 - score * score / 4;
      double precision = 0.96 + 0.035 * score;
      points.add(
          new CoveragePoint(
              score, Math.round(10_000 * coverage), coverage, precision, precision - 0.005));
    }
    points.add(new CoveragePoint(0.999, 0, 0, Double.NaN, 0));
    return points;
  }

  static Fit fit() {
    List<Fit.Exit> exits = new ArrayList<>();
    for (int layer = 1; layer <= LAYERS; layer++) {
      double accuracy = 0.98 - 0.25 / (layer * layer);
      boolean last = layer == LAYERS;
      exits.add(
          new Fit.Exit(
              layer, 0.9 / layer, accuracy, accuracy + 0.015, last ? Double.NaN : 0.3 / layer));
    }
    return new Fit(
        PROVENANCE,
        "/models/fitted",
        100_000,
        10_000,
        7384,
        labels(14),
        List.of("old", "older"),
        List.of(),
        LAYERS,
        LAYERS,
        List.of(
            new Fit.ReadOut(1, "class_token_and_mean", 0.9, Double.NaN),
            new Fit.ReadOut(LAYERS, "class_token", 0.97, Double.NaN)),
        0.976,
        exits,
        frontier(),
        risk(0.66));
  }

  static Tuning tuning() {
    List<Tuning.Epoch> epochs = new ArrayList<>();
    for (int epoch = 1; epoch <= 3; epoch++) {
      double share = 0.7 + 0.08 * epoch;
      epochs.add(
          new Tuning.Epoch(epoch, List.of(share, share + 0.03), List.of(0.9 / epoch, 0.6 / epoch)));
    }
    List<Tuning.Steps> steps = new ArrayList<>();
    for (int i = 1; i <= 90; i++) {
      steps.add(new Tuning.Steps(i / 30.0, List.of(2.0 / Math.sqrt(i), 1.6 / Math.sqrt(i))));
    }
    return new Tuning(
        PROVENANCE,
        "/models/tuned",
        6_000,
        2_000,
        42.5,
        labels(6),
        false,
        30,
        List.of(4, 15),
        15,
        "bf16",
        0,
        2,
        epochs,
        steps);
  }

  private static List<Explanation.LabelScore> answer(List<String> labels, double score) {
    return labels.stream().limit(1).map(at -> new Explanation.LabelScore(at, score)).toList();
  }

  static Explanation explanation(String text, List<String> labels) {
    List<Explanation.Step> steps = new ArrayList<>();
    for (int layer = 1; layer <= LAYERS; layer++) {
      List<Double> probabilities = new ArrayList<>();
      double first = 1 - 0.7 / layer;
      for (int label = 0; label < labels.size(); label++) {
        probabilities.add(label == 0 ? first : (1 - first) / Math.pow(2, label));
      }
      steps.add(
          new Explanation.Step(
              layer,
              labels.isEmpty() ? "" : labels.get(0),
              first,
              answer(labels, first),
              layer == LAYERS ? Double.NaN : first * first,
              layer >= 4,
              probabilities));
    }
    List<Explanation.Token> tokens = new ArrayList<>();
    String[] words = text.split("(?= )");
    for (int i = 0; i < words.length; i++) {
      tokens.add(new Explanation.Token(words[i], i == words.length - 1 ? 0 : i * 7 % 4));
    }
    return new Explanation(
        "/models/adept-sample",
        "0.1.0",
        text,
        false,
        labels.isEmpty() ? "" : labels.get(0),
        0.825,
        answer(labels, 0.825),
        false,
        4,
        LAYERS,
        0.31,
        "adept",
        0.6,
        labels,
        steps,
        tokens);
  }
}
