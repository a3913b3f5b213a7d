package org.sparkadept.decoder.compute.reference;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.exit.TokenPolicy;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.ModelConfig;
import org.sparkadept.decoder.model.NormTensors;
import org.sparkadept.decoder.model.RotaryTables;

/** All weights as {@code float[]}. */
final class ReferenceModel implements ComputeModel {
  /** One layer's weights; {@code gate}, {@code queryNorm} and {@code keyNorm} may be null. */
  record Layer(
      NormTensors attentionNorm,
      Dense query,
      Dense key,
      Dense value,
      Dense output,
      float[] queryNorm,
      float[] keyNorm,
      NormTensors mlpNorm,
      Dense gate,
      Dense up,
      Dense down) {

    static Layer of(LayerTensors tensors) {
      return new Layer(
          tensors.attentionNorm(),
          Dense.of(tensors.query()),
          Dense.of(tensors.key()),
          Dense.of(tensors.value()),
          Dense.of(tensors.output()),
          tensors.queryNorm(),
          tensors.keyNorm(),
          tensors.mlpNorm(),
          tensors.gate() == null ? null : Dense.of(tensors.gate()),
          Dense.of(tensors.up()),
          Dense.of(tensors.down()));
    }
  }

  final ModelConfig config;
  final Dense embedding;
  final Dense positions;
  final Layer[] layers;
  final NormTensors finalNorm;
  final Map<Integer, Dense> heads = new TreeMap<>();
  final RotaryTables rotary;
  final NormTensors plainNorm;
  final SortedMap<Integer, TokenPolicy> tokenPolicies;
  private final Map<List<Integer>, Dense> mappers = new HashMap<>();

  ReferenceModel(ModelSource source) {
    config = source.config();
    embedding = Dense.of(source.tensors().embedding(), null);
    positions = config.learnedPositions() ? Dense.of(source.tensors().positions(), null) : null;
    layers = new Layer[config.layers()];
    for (int i = 0; i < layers.length; i++) {
      layers[i] = Layer.of(source.tensors().layer(i));
    }
    finalNorm = source.tensors().finalNorm();
    for (Map.Entry<Integer, LinearTensors> head : source.heads().entrySet()) {
      heads.put(head.getKey(), Dense.of(head.getValue()));
    }
    rotary = config.learnedPositions() ? null : RotaryTables.of(config, source.maxTokens());
    plainNorm = NormTensors.plain(config.width());
    tokenPolicies = source.tokenExits().policies();
    for (int exit : tokenPolicies.keySet()) {
      for (int layer = exit + 1; layer <= config.layers(); layer++) {
        mappers.put(List.of(exit, layer), Dense.of(source.tokenExits().mapper().map(exit, layer)));
      }
    }
  }

  /** The hidden state mapper from an exit layer to a layer above, both counted from 1. */
  Dense mapper(int exitLayer, int layer) {
    return mappers.get(List.of(exitLayer, layer));
  }

  @Override
  public ComputeSession open() {
    return new ReferenceSession(this);
  }

  @Override
  public void close() {}
}
