package org.sparkadept.decoder.compute.reference;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.FitSession;
import org.sparkadept.decoder.compute.PrefillSession;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.exit.TokenExits;
import org.sparkadept.decoder.model.GrowingRotaryTables;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.model.NormTensors;

/** Weights as {@code float[]}, read when they are first needed. */
final class ReferenceModel implements ComputeModel {
  /** One layer's weights; {@code gate} and norms may be null. */
  record Layer(
      NormTensors attentionNorm,
      Dense query,
      Dense key,
      Dense value,
      Dense output,
      float[] queryNorm,
      float[] keyNorm,
      NormTensors attentionOutputNorm,
      NormTensors mlpNorm,
      Dense gate,
      Dense up,
      Dense down,
      NormTensors mlpOutputNorm) {

    static Layer of(LayerTensors tensors) {
      return new Layer(
          tensors.attentionNorm(),
          Dense.of(tensors.query()),
          Dense.of(tensors.key()),
          Dense.of(tensors.value()),
          Dense.of(tensors.output()),
          tensors.queryNorm(),
          tensors.keyNorm(),
          tensors.attentionOutputNorm(),
          tensors.mlpNorm(),
          tensors.gate() == null ? null : Dense.of(tensors.gate()),
          Dense.of(tensors.up()),
          Dense.of(tensors.down()),
          tensors.mlpOutputNorm());
    }
  }

  final ModelTensors tensors;
  final ModelConfig config;
  final Dense embedding;
  final Dense positions;
  final NormTensors finalNorm;
  final GrowingRotaryTables rotary;
  final NormTensors plainNorm;
  private final Map<Integer, Layer> layers = new ConcurrentHashMap<>();
  private final Map<LinearTensors, Dense> dense =
      Collections.synchronizedMap(new IdentityHashMap<>());

  ReferenceModel(ModelTensors tensors) {
    this.tensors = tensors;
    config = tensors.config();
    embedding = Dense.of(tensors.embedding(), null);
    positions = config.embedding().learnedPositions() ? Dense.of(tensors.positions(), null) : null;
    finalNorm = tensors.finalNorm();
    rotary = new GrowingRotaryTables(config);
    plainNorm = NormTensors.plain(config.width());
  }

  Layer layer(int layer) {
    return layers.computeIfAbsent(layer, i -> Layer.of(tensors.layer(i)));
  }

  /** The weights of a head or of a hidden state mapper. */
  Dense dense(LinearTensors linear) {
    return dense.computeIfAbsent(linear, Dense::of);
  }

  @Override
  public void prepare(int count, Collection<ExitHead> heads, TokenExits tokenExits) {
    for (int layer = 0; layer < count; layer++) {
      layer(layer);
    }
    heads.forEach(
        head -> dense(head.require("reference", EnumSet.allOf(ExitHead.Input.class)).weights()));
  }

  @Override
  public PrefillSession openPrefill() {
    return new ReferenceSession(this);
  }

  @Override
  public FitSession openFit() {
    return new ReferenceFitSession(this);
  }

  @Override
  public void close() {}
}
