package org.sparkadept.pipeline.ml;

import org.apache.spark.ml.classification.ClassifierParams;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * The params of estimator and model beside those of every classifier of MLlib. A param is equal to
 * another of the same owner and name, so that each call may make it anew; {@code explainParams}
 * lists the defaults. An added column whose name is empty is left out.
 *
 * @param <S> the class that has the params, which setters return
 */
public interface ScoringParams<S extends ScoringParams<S>> extends ClassifierParams {
  /** This stage, as its own class. */
  S self();

  /** Sets a param. */
  default <T> S with(Param<T> param, T value) {
    set(param, value);
    return self();
  }

  /** Added by the model: probabilities of all labels, by index; empty for none. */
  default Param<String> probabilityCol() {
    return new Param<>(
        this, "probabilityCol", "added column: vector of the labels' probabilities; empty: none");
  }

  /** Sets {@link #probabilityCol}. */
  default S setProbabilityCol(String value) {
    return with(probabilityCol(), value);
  }

  /**
   * A threshold for each label, by index: the answer is the label with the largest p / t. Each is
   * at least 0, and at most one is 0.
   */
  default DoubleArrayParam thresholds() {
    return new DoubleArrayParam(
        this,
        "thresholds",
        "a threshold t for each label, by index: the answer is the label with the largest"
            + " probability / t. Each is at least 0, and at most one is 0. Default: the most"
            + " probable label is the answer");
  }

  /** Sets {@link #thresholds}. */
  default S setThresholds(double[] value) {
    return with(thresholds(), value);
  }

  /** Added by the model: the answer, of several labels the most probable; empty for none. */
  default Param<String> predictedLabelCol() {
    return new Param<>(this, "predictedLabelCol", "added column: the predicted label; empty: none");
  }

  /** Sets {@link #predictedLabelCol}. */
  default S setPredictedLabelCol(String value) {
    return with(predictedLabelCol(), value);
  }

  /** Added by models whose rows may have several labels: these; empty for none. */
  default Param<String> predictedLabelsCol() {
    return new Param<>(
        this,
        "predictedLabelsCol",
        "added column, of multi-label models: the predicted labels with their probabilities; empty:"
            + " none");
  }

  /** Sets {@link #predictedLabelsCol}. */
  default S setPredictedLabelsCol(String value) {
    return with(predictedLabelsCol(), value);
  }

  /** Added by the model: probability of the answer; empty for none. */
  default Param<String> scoreCol() {
    return new Param<>(this, "scoreCol", "added column: probability of the label; empty: none");
  }

  /** Sets {@link #scoreCol}. */
  default S setScoreCol(String value) {
    return with(scoreCol(), value);
  }

  /** Added by the model: layer that answered; empty for none. */
  default Param<String> exitLayerCol() {
    return new Param<>(
        this, "exitLayerCol", "added column: layer after which the row exited; empty: none");
  }

  /** Sets {@link #exitLayerCol}. */
  default S setExitLayerCol(String value) {
    return with(exitLayerCol(), value);
  }

  /** Added by the model: why a row has no answer; empty for none. */
  default Param<String> errorCol() {
    return new Param<>(
        this, "errorCol", "added column: why the row could not be scored; empty: none");
  }

  /** Sets {@link #errorCol}. */
  default S setErrorCol(String value) {
    return with(errorCol(), value);
  }

  /** Added by the model: index of the label, for evaluators; empty for none. */
  default Param<String> labelIndexCol() {
    return new Param<>(
        this, "labelIndexCol", "added column: index of labelCol, for evaluators; empty: none");
  }

  /** Sets {@link #labelIndexCol}. */
  default S setLabelIndexCol(String value) {
    return with(labelIndexCol(), value);
  }

  /**
   * Columns that the model's prompt reads, in its order, where the input names them otherwise; not
   * set: those that the prompt names, or featuresCol where there is one.
   */
  default StringArrayParam inputCols() {
    return new StringArrayParam(
        this,
        "inputCols",
        "columns that the model's prompt reads, in its order. Default: featuresCol where it is set"
            + " and the prompt reads one column, else those that the prompt names");
  }

  /** Sets {@link #inputCols}. */
  default S setInputCols(String[] value) {
    return with(inputCols(), value);
  }

  /** What becomes of texts of more than maxTokens: cut or chunk. */
  default Param<String> longRows() {
    return new Param<>(
        this, "longRows", "texts of more than maxTokens: cut, or chunk (classify every part)");
  }

  /** Sets {@link #longRows}. */
  default S setLongRows(String value) {
    return with(longRows(), value);
  }

  /** Tokens that a chunk shares with the one before. */
  default IntParam chunkOverlap() {
    return new IntParam(
        this, "chunkOverlap", "number of tokens that a chunk shares with the one before");
  }

  /** Sets {@link #chunkOverlap}. */
  default S setChunkOverlap(int value) {
    return with(chunkOverlap(), value);
  }

  /** How the answers of a text's chunks become one: mean or max. */
  default Param<String> chunkMerge() {
    return new Param<>(
        this,
        "chunkMerge",
        "one answer of those of a text's chunks: mean (of log-probabilities) or max (the surest)");
  }

  /** Sets {@link #chunkMerge}. */
  default S setChunkMerge(String value) {
    return with(chunkMerge(), value);
  }

  /** Compute backend: auto, tornadovm (GPU), cpu or reference. */
  default Param<String> backend() {
    return new Param<>(this, "backend", "compute backend: auto, tornadovm (GPU), cpu or reference");
  }

  /** Sets {@link #backend}. */
  default S setBackend(String value) {
    return with(backend(), value);
  }

  /** Longest row in tokens; 0: the smaller of 512 and the model's bound. */
  default IntParam maxTokens() {
    return new IntParam(
        this,
        "maxTokens",
        "maximum number of tokens per text; 0: the lower of 512 and the model's limit");
  }

  /** Sets {@link #maxTokens}. */
  default S setMaxTokens(int value) {
    return with(maxTokens(), value);
  }
}
