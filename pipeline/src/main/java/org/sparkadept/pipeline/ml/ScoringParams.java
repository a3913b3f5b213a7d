package org.sparkadept.pipeline.ml;

import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * The params of estimator and model. A param is equal to another of the same owner and name, so
 * that each call may make it anew; {@code explainParams} lists the defaults.
 *
 * @param <S> the class that has the params, which setters return
 */
public interface ScoringParams<S extends ScoringParams<S>> extends Params {
  /** This stage, as its own class. */
  S self();

  /** Sets a param. */
  default <T> S with(Param<T> param, T value) {
    set(param, value);
    return self();
  }

  /** Column with the text. */
  default Param<String> textCol() {
    return new Param<>(this, "textCol", "column with the text");
  }

  /** Sets {@link #textCol}. */
  default S setTextCol(String value) {
    return with(textCol(), value);
  }

  /** Column with the label: a string, a boolean or a number. */
  default Param<String> labelCol() {
    return new Param<>(this, "labelCol", "column with the label: STRING, BOOLEAN or a number");
  }

  /** Sets {@link #labelCol}. */
  default S setLabelCol(String value) {
    return with(labelCol(), value);
  }

  /** Added by the model: index of the answer. */
  default Param<String> predictionCol() {
    return new Param<>(this, "predictionCol", "added column: index of the predicted label");
  }

  /** Sets {@link #predictionCol}. */
  default S setPredictionCol(String value) {
    return with(predictionCol(), value);
  }

  /** Added by the model: the answer; empty for none. */
  default Param<String> predictedLabelCol() {
    return new Param<>(this, "predictedLabelCol", "added column: the predicted label; empty: none");
  }

  /** Sets {@link #predictedLabelCol}. */
  default S setPredictedLabelCol(String value) {
    return with(predictedLabelCol(), value);
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
