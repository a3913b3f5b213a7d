package org.sparkadept.training.optimize;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.sparkadept.training.data.EncodedRow;
import org.sparkadept.training.model.Batch;
import org.sparkadept.training.model.Decoder;
import org.sparkadept.training.model.ModelShape;
import org.sparkadept.training.model.Weights;

/** Fits a model, step by step. The state lives in a checkpoint directory between runs. */
public final class Trainer implements AutoCloseable {
  private static final double NANOS = 1e9;

  /** The average is updated every so many steps only, with the decay of as many. */
  private static final int AVERAGE_INTERVAL = 4;

  private final NDManager manager;
  private final ModelShape model;
  private final Hyperparameters parameters;
  private final BatchPlan plan;
  private final TrainingCheckpoint checkpoint;
  private final TrainingCheckpoint.State state;
  private final Decoder decoder;
  private final Loss loss;
  private final AdamW optimizer;
  private final Progress progress;
  private long step;
  private double elapsedSeconds;

  /**
   * A trainer that goes on where the checkpoint ends, or begins anew without one.
   *
   * @param engine a PyTorch engine
   * @param rows training rows
   * @param work checkpoint directory, made if missing
   * @param limitSeconds time for all steps together, those before the checkpoint included
   * @throws IOException if the checkpoint cannot be read or is of another model shape
   */
  public Trainer(
      Engine engine,
      ModelShape model,
      Hyperparameters parameters,
      List<EncodedRow> rows,
      Path work,
      double limitSeconds)
      throws IOException {
    this.manager = engine.newBaseManager();
    this.model = model;
    this.parameters = parameters;
    this.plan = new BatchPlan(rows, parameters);
    this.checkpoint = new TrainingCheckpoint(work);
    this.state =
        checkpoint.exists()
            ? checkpoint.load(manager, model)
            : TrainingCheckpoint.State.initial(manager, model, parameters.seed());
    state.weights().requireGradients();
    this.decoder = new Decoder(manager, model, state.weights());
    this.loss = new Loss(model, parameters);
    this.optimizer = new AdamW(state.weights(), state.mean(), state.variance());
    this.step = state.counters().step();
    this.elapsedSeconds = state.counters().elapsedSeconds();
    this.progress =
        new Progress(
            (long) parameters.epochs() * plan.stepsPerEpoch(),
            limitSeconds,
            state.counters().progress(),
            state.counters().secondsPerStep());
  }

  /**
   * What a step did.
   *
   * @param step number of the step, the first is 1
   * @param progress position in the schedules before the step, in [0, 1]
   * @param exitLosses cross entropy at every exit
   * @param languageLoss next-token cross entropy; 0 when it is not computed any more
   * @param gradientNorm global norm before clipping
   * @param tokens tokens in the batch, padding not counted
   * @param seconds duration
   * @param remainingSeconds estimated time to the end of the run
   */
  public record Report(
      long step,
      double progress,
      float[] exitLosses,
      float languageLoss,
      float gradientNorm,
      int tokens,
      double seconds,
      double remainingSeconds) {}

  /** Takes one step. */
  public Report step() {
    long start = System.nanoTime();
    double at = progress.value();
    Batch batch = plan.batch(step);
    double languageWeight = parameters.languageWeightAt(at);
    float[] exitLosses;
    float languageLoss = 0;
    float norm;
    try (NDManager scope = manager.newSubManager()) {
      try (GradientCollector collector = manager.getEngine().newGradientCollector()) {
        Random random = new Random(parameters.seed() * 7_368_787 + step);
        Decoder.Output output = decoder.forward(scope, batch, parameters.dropout(), random);
        NDArray perExit = loss.perExit(scope, output.exitLogits(), batch.labels());
        NDArray total = perExit.mul(loss.exitWeights(scope)).sum();
        if (languageWeight > 0) {
          NDArray language = loss.nextToken(scope, decoder, output.last(), batch, random);
          total = total.add(language.mul(scope.create((float) languageWeight)));
          languageLoss = language.getFloat();
        }
        collector.backward(total);
        exitLosses = perExit.toFloatArray();
      }
      norm = optimizer.step(scope, step + 1, parameters.learningRateAt(at), parameters);
      updateAverage(scope, step + 1);
    }
    double seconds = (System.nanoTime() - start) / NANOS;
    progress.advance(step, elapsedSeconds, seconds);
    step++;
    elapsedSeconds += seconds;
    double remaining = progress.remainingSteps(step, elapsedSeconds) * progress.secondsPerStep();
    return new Report(
        step, at, exitLosses, languageLoss, norm, batch.tokenCount(), seconds, remaining);
  }

  /**
   * Updates the exponential moving average of the weights. The decay is smaller in the first steps,
   * so that the initial weights lose their influence.
   *
   * @param taken number of steps taken
   */
  private void updateAverage(NDManager scope, long taken) {
    if (taken % AVERAGE_INTERVAL != 0) {
      return;
    }
    double decay = Math.pow(parameters.averageDecay(), AVERAGE_INTERVAL);
    double keep = Math.min(decay, (double) taken / (taken + 10.0 * AVERAGE_INTERVAL));
    for (String name : state.weights().names()) {
      NDArray current = state.weights().get(name).stopGradient();
      current.attach(scope);
      state.average().get(name).muli((float) keep).addi(current.mul((float) (1 - keep)));
    }
  }

  /** Whether all planned steps are made or the time is used up. */
  public boolean finished() {
    return progress.finished(step, elapsedSeconds);
  }

  /** Whether the last step ended a pass over the rows. */
  public boolean atEpochEnd() {
    return step % plan.stepsPerEpoch() == 0;
  }

  /** Passes over the rows, begun ones as a fraction. */
  public double epochs() {
    return (double) step / plan.stepsPerEpoch();
  }

  /** Seconds spent in steps since the run began, over all resumptions. */
  public double elapsedSeconds() {
    return elapsedSeconds;
  }

  /** The averaged weights, the ones to evaluate and to export. */
  public Weights averagedWeights() {
    return state.average();
  }

  /**
   * Saves the state, so that a trainer made later goes on from here.
   *
   * @throws IOException if the checkpoint cannot be written
   */
  public void save() throws IOException {
    TrainingCheckpoint.Counters counters =
        new TrainingCheckpoint.Counters(
            step, progress.value(), elapsedSeconds, progress.secondsPerStep());
    checkpoint.save(
        model,
        new TrainingCheckpoint.State(
            state.weights(), state.mean(), state.variance(), state.average(), counters));
  }

  @Override
  public void close() {
    manager.close();
  }
}
