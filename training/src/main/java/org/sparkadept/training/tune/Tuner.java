package org.sparkadept.training.tune;

import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import java.nio.file.Path;
import java.util.List;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.training.model.TrainingRow;
import org.sparkadept.training.torch.PyTorch;

/**
 * Cuts a backbone at a depth and trains its lower layers together with exit heads, every one of
 * which is supervised.
 */
public final class Tuner {
  private Tuner() {}

  /**
   * Tunes. Started again with the same work folder, a run that was stopped is continued.
   *
   * @param backbone a model directory, with or without an adapter
   * @param work folder for checkpoints, which take three times the trained weights in single
   *     precision, and another time for the best; made if missing
   * @param train rows that weights are fitted on, one or more, of at most as many tokens as the
   *     model has positions
   * @param validation rows that the best epoch is chosen by, one or more
   * @param labels label names; rows have indexes into them
   * @throws AdeptException if the backbone cannot be read or is not deep enough, the folder cannot
   *     be written, memory is too small, or PyTorch is absent
   */
  public static TuneResult run(
      ModelSource backbone,
      Path work,
      List<TrainingRow> train,
      List<TrainingRow> validation,
      List<String> labels,
      TuneSettings settings,
      TuneListener listener) {
    try (ModelDirectory directory = ModelDirectory.openBackbone(backbone)) {
      int depth = settings.exits().depth();
      if (depth > directory.config().layers()) {
        throw new AdeptException(
            String.format(
                "%s has %d layers, but the deepest exit layer is to be %d; choose one of its"
                    + " layers.",
                backbone, directory.config().layers(), depth));
      }
      String identity = RunIdentity.of(directory.checkpoint(), train, validation, labels, settings);
      TuneCheckpoint checkpoint = new TuneCheckpoint(work, identity);
      Engine engine = PyTorch.start(settings.threads());
      try (TuneRun run =
          new TuneRun(
              engine,
              directory.tensors(),
              checkpoint,
              train,
              validation,
              labels.size(),
              settings)) {
        RunState state = run.toEnd(listener);
        TunedModel model = new TunedModel(backbone, checkpoint.best(), settings.exits(), labels);
        return new TuneResult(model, state.epochs(), state.best(), state.curve(), state.seconds());
      } catch (EngineException e) {
        throw failure(e);
      }
    }
  }

  private static AdeptException failure(EngineException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("not enough memory") || message.contains("can't allocate memory")
        ? new AdeptException(
            "Memory is too small for this tuning; choose fewer tokens a batch, a smaller depth or"
                + " LoRA, or give the process more memory.",
            e)
        : new AdeptException("PyTorch failed while it tuned: " + message, e);
  }
}
