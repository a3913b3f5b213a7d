package org.sparkadept.pipeline.ml;

import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntArrayParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;

/**
 * The params of a fit: of the rows, the parts that are fitted, and the guarantee that the threshold
 * is chosen for. Options of {@code adept fit} take their descriptions from here.
 *
 * @param <S> the class that has the params, which setters return
 */
public interface FitParams<S extends FitParams<S>> extends ScoringParams<S> {
  /** Directory of the backbone, with or without {@code adept} files. */
  default Param<String> modelPath() {
    return new Param<>(this, "modelPath", "directory of the backbone, on any file system");
  }

  /** Sets {@link #modelPath}. */
  default S setModelPath(String value) {
    return with(modelPath(), value);
  }

  /** Template of the text that the model reads of a row; empty: the model's, or the row's text. */
  default Param<String> prompt() {
    return new Param<>(
        this,
        "prompt",
        "text that the model reads of a row, with {column} in the places of its columns. Default:"
            + " the model's, or the text as it is");
  }

  /** Sets {@link #prompt}. */
  default S setPrompt(String value) {
    return with(prompt(), value);
  }

  /** Chat format that the prompt is written in; empty: the model's, or none. */
  default Param<String> chat() {
    return new Param<>(
        this,
        "chat",
        "chat format of the prompt, as a message of the user: chatml, gemma, granite, llama2,"
            + " llama3, mistral, phi3 or zephyr. Default: the model's, or none");
  }

  /** Sets {@link #chat}. */
  default S setChat(String value) {
    return with(chat(), value);
  }

  /** Folder of an adapter that is merged into the backbone; empty for none. */
  default Param<String> adapterPath() {
    return new Param<>(
        this,
        "adapterPath",
        "folder of a LoRA adapter that is merged into the backbone, on any file system; empty:"
            + " none");
  }

  /** Sets {@link #adapterPath}. */
  default S setAdapterPath(String value) {
    return with(adapterPath(), value);
  }

  /** Directory to make, which must not exist; empty where more than one model is fitted. */
  default Param<String> outputPath() {
    return new Param<>(
        this, "outputPath", "directory to create; empty: one in tempPath for each fit");
  }

  /** Sets {@link #outputPath}. */
  default S setOutputPath(String value) {
    return with(outputPath(), value);
  }

  /** Folder of the directories that fits without an output path make; empty: java.io.tmpdir. */
  default Param<String> tempPath() {
    return new Param<>(
        this,
        "tempPath",
        "folder for the models of fits without outputPath, which are deleted when the driver's JVM"
            + " ends; empty: java.io.tmpdir");
  }

  /** Sets {@link #tempPath}. */
  default S setTempPath(String value) {
    return with(tempPath(), value);
  }

  /** Column with train, validation or calibration; empty to split by a hash of the row. */
  default Param<String> splitCol() {
    return new Param<>(
        this,
        "splitCol",
        "column with train, validation or calibration. Default: rows are split by a hash");
  }

  /** Sets {@link #splitCol}. */
  default S setSplitCol(String value) {
    return with(splitCol(), value);
  }

  /** Share of the rows that heads and mapper are fitted on. */
  default DoubleParam trainRatio() {
    return new DoubleParam(
        this, "trainRatio", "share of the rows for fitting heads and mapper, or for tuning");
  }

  /** Sets {@link #trainRatio}. */
  default S setTrainRatio(double value) {
    return with(trainRatio(), value);
  }

  /** Share of the rows that policies are fitted on; the rest calibrates. */
  default DoubleParam validationRatio() {
    return new DoubleParam(
        this,
        "validationRatio",
        "share of the rows for fitting policies; the rest is used for calibration");
  }

  /** Sets {@link #validationRatio}. */
  default S setValidationRatio(double value) {
    return with(validationRatio(), value);
  }

  /** Seed of the split. */
  default LongParam seed() {
    return new LongParam(this, "seed", "seed of the split");
  }

  /** Sets {@link #seed}. */
  default S setSeed(long value) {
    return with(seed(), value);
  }

  /** Exit heads: auto (keep those of the directory where they cover the labels), fit or keep. */
  default Param<String> heads() {
    return new Param<>(
        this, "heads", "exit heads: auto (keep the model's if they cover the labels), fit or keep");
  }

  /** Sets {@link #heads}. */
  default S setHeads(String value) {
    return with(heads(), value);
  }

  /** Exit layers from 1; empty: those of the directory, or up to 12 evenly spaced. */
  default IntArrayParam exitLayers() {
    return new IntArrayParam(
        this, "exitLayers", "exit layers from 1. Default: the model's, or up to 12 evenly spaced");
  }

  /** Sets {@link #exitLayers}. */
  default S setExitLayers(int[] value) {
    return with(exitLayers(), value);
  }

  /** Where the backbone ends: auto, full or a layer. */
  default Param<String> depth() {
    return new Param<>(
        this,
        "depth",
        "last layer, which is full depth: auto (the best read-out's; where the model has a head"
            + " that is kept, that head's), full (the checkpoint's last) or a number");
  }

  /** Sets {@link #depth}. */
  default S setDepth(String value) {
    return with(depth(), value);
  }

  /** What new exit heads read: auto, class_token or class_token_and_mean. */
  default Param<String> headInput() {
    return new Param<>(
        this,
        "headInput",
        "what new exit heads read: class_token, class_token_and_mean (the mean of the other tokens"
            + " beside it) or auto (the better one, for each exit)");
  }

  /** Sets {@link #headInput}. */
  default S setHeadInput(String value) {
    return with(headInput(), value);
  }

  /**
   * L2 regularization of the exit heads, where they are fitted; not set: chosen by cross-fitting.
   */
  default DoubleParam regParam() {
    return new DoubleParam(
        this,
        "regParam",
        "L2 regularization of the exit heads (>= 0). Default: chosen by cross-fitting");
  }

  /** Sets {@link #regParam}. */
  default S setRegParam(double value) {
    return with(regParam(), value);
  }

  /** Ridge of exit and token policies. */
  default DoubleParam policyRegParam() {
    return new DoubleParam(
        this, "policyRegParam", "L2 regularization of exit and token policies (> 0)");
  }

  /** Sets {@link #policyRegParam}. */
  default S setPolicyRegParam(double value) {
    return with(policyRegParam(), value);
  }

  /**
   * Ridge of the part of the exit policy that reads the hidden state; not set: the policy reads the
   * head's answer alone.
   */
  default DoubleParam stateRegParam() {
    return new DoubleParam(
        this,
        "stateRegParam",
        "L2 regularization of the exit policy's weights on the hidden state (> 0). Default: it has"
            + " none");
  }

  /** Sets {@link #stateRegParam}. */
  default S setStateRegParam(double value) {
    return with(stateRegParam(), value);
  }

  /** λ, the weight of a row that is answered against the guarantee. */
  default DoubleParam lambda() {
    return new DoubleParam(this, "lambda", "weight of a row that violates the guarantee (> 0)");
  }

  /** Sets {@link #lambda}. */
  default S setLambda(double value) {
    return with(lambda(), value);
  }

  /** β, the weight of compute: that of a row's full depth. */
  default DoubleParam beta() {
    return new DoubleParam(this, "beta", "weight of a row's full-depth compute (> 0)");
  }

  /** Sets {@link #beta}. */
  default S setBeta(double value) {
    return with(beta(), value);
  }

  /** Whether tokens other than the class token may leave, too. */
  default BooleanParam tokenExit() {
    return new BooleanParam(this, "tokenExit", "whether single tokens may exit early");
  }

  /** Sets {@link #tokenExit}. */
  default S setTokenExit(boolean value) {
    return with(tokenExit(), value);
  }

  /** Mean tokens of a row below which no token exits are fitted, unless their layers are named. */
  default LongParam tokenExitMinTokens() {
    return new LongParam(
        this,
        "tokenExitMinTokens",
        "token exits are fitted where rows have at least so many tokens on average, or their"
            + " layers are named");
  }

  /** Sets {@link #tokenExitMinTokens}. */
  default S setTokenExitMinTokens(long value) {
    return with(tokenExitMinTokens(), value);
  }

  /** Layers after which tokens may leave; empty: exit layers of the lower half, at most four. */
  default IntArrayParam tokenExitLayers() {
    return new IntArrayParam(
        this,
        "tokenExitLayers",
        "exit layers after which single tokens may exit early. Default: those of the"
            + " lower half, at most four");
  }

  /** Sets {@link #tokenExitLayers}. */
  default S setTokenExitLayers(int[] value) {
    return with(tokenExitLayers(), value);
  }

  /** Threshold of the token policy in (0, 1]; larger is stricter. */
  default DoubleParam tokenThreshold() {
    return new DoubleParam(
        this, "tokenThreshold", "threshold of the token policy in (0, 1]; larger is stricter");
  }

  /** Sets {@link #tokenThreshold}. */
  default S setTokenThreshold(double value) {
    return with(tokenThreshold(), value);
  }

  /** Tokens that the hidden state mapper is fitted on, about. */
  default LongParam mapperTokens() {
    return new LongParam(
        this, "mapperTokens", "approximate number of tokens for fitting the hidden state mapper");
  }

  /** Sets {@link #mapperTokens}. */
  default S setMapperTokens(long value) {
    return with(mapperTokens(), value);
  }

  /**
   * κ, the violations that a relative error of 1 of keys and values, attended to in full, is worth.
   */
  default DoubleParam kvErrorWeight() {
    return new DoubleParam(
        this,
        "kvErrorWeight",
        "weight of the mapper's relative error in keys and values, in violations");
  }

  /** Sets {@link #kvErrorWeight}. */
  default S setKvErrorWeight(double value) {
    return with(kvErrorWeight(), value);
  }

  /** The guarantee: at most this share of rows is answered other than at full depth. */
  default DoubleParam maxDisagreement() {
    return new DoubleParam(
        this,
        "maxDisagreement",
        "guarantee: maximum share of rows whose label or set of labels differs from that at full"
            + " depth");
  }

  /** Sets {@link #maxDisagreement}. */
  default S setMaxDisagreement(double value) {
    return with(maxDisagreement(), value);
  }

  /**
   * The guarantee in its place: at most this share of rows is right at full depth, but wrong early.
   */
  default DoubleParam maxAccuracyLoss() {
    return new DoubleParam(
        this,
        "maxAccuracyLoss",
        "guarantee, instead: maximum share of rows that are right at full depth and"
            + " wrong with early exits");
  }

  /** Sets {@link #maxAccuracyLoss}. */
  default S setMaxAccuracyLoss(double value) {
    return with(maxAccuracyLoss(), value);
  }

  /** δ, the probability that the guarantee may fail. */
  default DoubleParam delta() {
    return new DoubleParam(this, "delta", "probability that the guarantee may fail");
  }

  /** Sets {@link #delta}. */
  default S setDelta(double value) {
    return with(delta(), value);
  }
}
