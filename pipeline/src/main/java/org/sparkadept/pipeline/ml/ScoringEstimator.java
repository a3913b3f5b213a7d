package org.sparkadept.pipeline.ml;

import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;

/** The params of {@link AdeptClassifier} that say what the rows are and how texts are scored. */
public abstract class ScoringEstimator extends Estimator<AdeptClassificationModel> {
  private static final long serialVersionUID = 1L;

  final ScoringParams columns;
  final Param<String> splitCol;
  final DoubleParam trainRatio;
  final DoubleParam validationRatio;
  final LongParam seed;
  private final String uid;

  ScoringEstimator(String uid) {
    this.uid = uid;
    columns = new ScoringParams(this);
    columns.setDefaults(this);
    splitCol =
        new Param<>(this, "splitCol", "column with train, validation, calibration; or empty");
    trainRatio = new DoubleParam(this, "trainRatio", "share of the rows for heads and mapper");
    validationRatio = new DoubleParam(this, "validationRatio", "share of the rows for policies");
    seed = new LongParam(this, "seed", "seed of the division of the rows");
    setDefault(splitCol, "");
    setDefault(trainRatio, 0.6);
    setDefault(validationRatio, 0.2);
    setDefault(seed, 17L);
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Column with the text. Default: text. */
  public Param<String> textCol() {
    return columns.textCol;
  }

  /** Sets {@link #textCol}. */
  public AdeptClassifier setTextCol(String value) {
    set(columns.textCol, value);
    return (AdeptClassifier) this;
  }

  /** Column with the label: a string, or whole numbers. Default: label. */
  public Param<String> labelCol() {
    return columns.labelCol;
  }

  /** Sets {@link #labelCol}. */
  public AdeptClassifier setLabelCol(String value) {
    set(columns.labelCol, value);
    return (AdeptClassifier) this;
  }

  /** Added by the model: index of the answer. */
  public Param<String> predictionCol() {
    return columns.predictionCol;
  }

  /** Sets {@link #predictionCol}. */
  public AdeptClassifier setPredictionCol(String value) {
    set(columns.predictionCol, value);
    return (AdeptClassifier) this;
  }

  /** Added by the model: the answer; empty for none. */
  public Param<String> predictedLabelCol() {
    return columns.predictedLabelCol;
  }

  /** Sets {@link #predictedLabelCol}. */
  public AdeptClassifier setPredictedLabelCol(String value) {
    set(columns.predictedLabelCol, value);
    return (AdeptClassifier) this;
  }

  /** Added by the model: probability of the answer; empty for none. */
  public Param<String> scoreCol() {
    return columns.scoreCol;
  }

  /** Sets {@link #scoreCol}. */
  public AdeptClassifier setScoreCol(String value) {
    set(columns.scoreCol, value);
    return (AdeptClassifier) this;
  }

  /** Added by the model: layer that answered; empty for none. */
  public Param<String> exitLayerCol() {
    return columns.exitLayerCol;
  }

  /** Sets {@link #exitLayerCol}. */
  public AdeptClassifier setExitLayerCol(String value) {
    set(columns.exitLayerCol, value);
    return (AdeptClassifier) this;
  }

  /** Added by the model: why a row has no answer; empty for none. */
  public Param<String> errorCol() {
    return columns.errorCol;
  }

  /** Sets {@link #errorCol}. */
  public AdeptClassifier setErrorCol(String value) {
    set(columns.errorCol, value);
    return (AdeptClassifier) this;
  }

  /** Added by the model: index of the label, for evaluators; empty (the default) for none. */
  public Param<String> labelIndexCol() {
    return columns.labelIndexCol;
  }

  /** Sets {@link #labelIndexCol}. */
  public AdeptClassifier setLabelIndexCol(String value) {
    set(columns.labelIndexCol, value);
    return (AdeptClassifier) this;
  }

  /** Compute backend: auto, cpu, reference. */
  public Param<String> backend() {
    return columns.backend;
  }

  /** Sets {@link #backend}. */
  public AdeptClassifier setBackend(String value) {
    set(columns.backend, value);
    return (AdeptClassifier) this;
  }

  /** Longest row in tokens; 0: the smaller of 512 and the model's bound. */
  public IntParam maxTokens() {
    return columns.maxTokens;
  }

  /** Sets {@link #maxTokens}. */
  public AdeptClassifier setMaxTokens(int value) {
    set(columns.maxTokens, value);
    return (AdeptClassifier) this;
  }

  /** Column with train, validation, calibration; empty to divide by hash. */
  public Param<String> splitCol() {
    return splitCol;
  }

  /** Sets {@link #splitCol}. */
  public AdeptClassifier setSplitCol(String value) {
    set(splitCol, value);
    return (AdeptClassifier) this;
  }

  /** Share of the rows that heads and mapper are fitted on. Default: 0.6. */
  public DoubleParam trainRatio() {
    return trainRatio;
  }

  /** Sets {@link #trainRatio}. */
  public AdeptClassifier setTrainRatio(double value) {
    set(trainRatio, value);
    return (AdeptClassifier) this;
  }

  /** Share of the rows that policies are fitted on; the rest calibrates. Default: 0.2. */
  public DoubleParam validationRatio() {
    return validationRatio;
  }

  /** Sets {@link #validationRatio}. */
  public AdeptClassifier setValidationRatio(double value) {
    set(validationRatio, value);
    return (AdeptClassifier) this;
  }

  /** Seed of the division of the rows. */
  public LongParam seed() {
    return seed;
  }

  /** Sets {@link #seed}. */
  public AdeptClassifier setSeed(long value) {
    set(seed, value);
    return (AdeptClassifier) this;
  }
}
