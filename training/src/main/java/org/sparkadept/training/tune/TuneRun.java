package org.sparkadept.training.tune;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.training.GradientCollector;
import java.util.List;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.training.model.Batch;
import org.sparkadept.training.model.Decoder;
import org.sparkadept.training.model.TrainingRow;
import org.sparkadept.training.model.Weight;
import org.sparkadept.training.optimize.AdamW;
import org.sparkadept.training.optimize.BatchPlan;
import org.sparkadept.training.optimize.Loss;

/** A run from where its checkpoint ends, or from the start without one. */
final class TuneRun implements AutoCloseable {
  private static final double NANOS = 1e9;
  private static final double CHECKPOINT_SECONDS = 180;
  private static final long MOST_INTERVALS = 50;
  private static final long LONGEST_INTERVAL = 20;

  private final Engine engine;
  private final TuneCheckpoint checkpoint;
  private final List<TrainingRow> validation;
  private final int labels;
  private final TuneSettings settings;
  private final BatchPlan plan;
  private final Decoder decoder;
  private final Loss loss;
  private final AdamW optimizer;
  private final List<Weight> trained;
  private RunState state = RunState.initial();

  TuneRun(
      Engine engine,
      ModelTensors tensors,
      TuneCheckpoint checkpoint,
      List<TrainingRow> train,
      List<TrainingRow> validation,
      int labels,
      TuneSettings settings) {
    this.engine = engine;
    this.checkpoint = checkpoint;
    this.validation = validation;
    this.labels = labels;
    this.settings = settings;
    this.plan = new BatchPlan(train, settings.optimization());
    this.decoder =
        new Decoder(
            engine,
            tensors,
            settings.exits(),
            labels,
            settings.precision(),
            settings.optimization().dropout(),
            settings.optimization().seed());
    this.loss = new Loss(settings.loss(), train, labels);
    this.optimizer = new AdamW(settings.optimization());
    this.trained = decoder.weights().trained();
  }

  /** Takes all steps that are left. */
  RunState toEnd(TuneListener listener) {
    if (checkpoint.exists()) {
      if (checkpoint.isOfThisRun()) {
        state = checkpoint.load(trained);
        listener.notice("An earlier run is continued after step " + state.step() + ".");
      } else {
        listener.notice(
            "The work folder holds a run with other settings, rows or another backbone; it is"
                + " replaced.");
      }
    }
    Interval interval = new Interval(settings.loss().multiLabel());
    double saved = state.seconds();
    while (state.step() < plan.steps() && !state.hasStalled(settings.patience())) {
      step(interval);
      if (state.step() % intervalSteps() == 0 || plan.endsEpoch(state.step())) {
        TuneProgress point = interval.end(state, plan);
        state = state.with(point);
        listener.progress(point);
        interval = new Interval(settings.loss().multiLabel());
      }
      if (plan.endsEpoch(state.step())) {
        listener.epoch(endEpoch());
        saved = state.seconds();
      } else if (state.seconds() - saved > CHECKPOINT_SECONDS) {
        checkpoint.save(trained, state);
        saved = state.seconds();
      }
    }
    return state;
  }

  private long intervalSteps() {
    return Math.max(1, Math.min(LONGEST_INTERVAL, plan.steps() / MOST_INTERVALS));
  }

  private void step(Interval interval) {
    long start = System.nanoTime();
    long step = state.step();
    Batch batch = plan.batch(step);
    // Dropout draws from PyTorch's own random numbers, which a continued run draws alike.
    engine.setRandomSeed((int) (settings.optimization().seed() * 7_368_787 + step));
    try (NDManager scope = engine.newBaseManager()) {
      Decoder.Mode mode = new Decoder.Mode(true, settings.loss().equalShares());
      float[] losses;
      float[] logits;
      try (GradientCollector collector = engine.newGradientCollector()) {
        NDArray output = decoder.forward(scope, batch, mode);
        Loss.Values values = loss.of(scope, output, batch);
        collector.backward(values.total());
        losses = values.perExit().toFloatArray();
        logits = output.toFloatArray();
      }
      double progress = (double) step / plan.steps();
      optimizer.step(trained, step + 1, settings.optimization().rateAt(progress));
      double seconds = (System.nanoTime() - start) / NANOS;
      interval.add(batch, losses, logits, labels, seconds);
      state = state.after(step + 1, state.seconds() + seconds);
    }
  }

  private EpochResult endEpoch() {
    EpochResult result =
        ValidationPass.measure(
            engine,
            decoder,
            settings.exits().exits(),
            labels,
            settings.loss().multiLabel(),
            validation,
            settings.optimization().batchTokens(),
            plan.epoch(state.step() - 1) + 1,
            state.seconds());
    state = state.after(state.step(), result.seconds()).with(result);
    if (state.lastIsBest()) {
      checkpoint.saveBest(trained);
    }
    checkpoint.save(trained, state);
    return result;
  }

  @Override
  public void close() {
    decoder.close();
  }
}
