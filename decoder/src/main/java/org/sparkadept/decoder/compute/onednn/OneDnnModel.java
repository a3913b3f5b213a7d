package org.sparkadept.decoder.compute.onednn;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.FloatPointer;
import org.sparkadept.decoder.compute.ComputeModel;
import org.sparkadept.decoder.compute.ComputeSession;
import org.sparkadept.decoder.compute.ModelSource;
import org.sparkadept.decoder.compute.RotaryTables;
import org.sparkadept.decoder.model.LayerTensors;
import org.sparkadept.decoder.model.LinearTensors;
import org.sparkadept.decoder.model.Matrix;
import org.sparkadept.decoder.model.ModelConfig;

/** Packed weights and compiled kernels, shared by all sessions. */
final class OneDnnModel implements ComputeModel {
  /**
   * A layer's weights; {@code gate} is null without one, the head norms where the family has none.
   */
  record Layer(
      NormKernel.Weights attentionNorm,
      LinearKernel.Weights queryKeyValue,
      float[] queryNorm,
      float[] keyNorm,
      LinearKernel.Weights output,
      NormKernel.Weights mlpNorm,
      LinearKernel.Weights gate,
      LinearKernel.Weights up,
      LinearKernel.Weights down,
      int window) {}

  private final NativeScope scope = new NativeScope();
  private final Map<AttentionKernel.Block, AttentionKernel> attention = new ConcurrentHashMap<>();

  final ModelConfig config;
  final RotaryTables rotary;
  final LayerKernels kernels;
  final FloatPointer embedding;
  final FloatPointer positions;
  final Layer[] layers;
  final NormKernel.Weights finalNorm;
  final Map<Integer, LinearKernel.Weights> heads = new TreeMap<>();

  OneDnnModel(ModelSource source) {
    config = source.config();
    try {
      LinearTensors lastHead = source.heads().get(source.heads().lastKey());
      kernels =
          new LayerKernels(scope, config, source.tensors().layer(0), lastHead.weight().rows());
      rotary = config.learnedPositions() ? null : RotaryTables.of(config, source.maxTokens());
      embedding = load(source.tensors().embedding(), config.vocabulary());
      positions =
          config.learnedPositions() ? load(source.tensors().positions(), source.maxTokens()) : null;
      layers = new Layer[config.layers()];
      for (int i = 0; i < layers.length; i++) {
        layers[i] = pack(source.tensors().layer(i), config.slidingWindow()[i]);
      }
      finalNorm = kernels.norm().pack(scope, source.tensors().finalNorm());
      for (Map.Entry<Integer, LinearTensors> head : source.heads().entrySet()) {
        heads.put(head.getKey(), kernels.head().pack(scope, List.of(head.getValue())));
      }
    } catch (RuntimeException | Error e) {
      scope.close();
      throw e;
    }
  }

  private Layer pack(LayerTensors tensors, int window) {
    List<LinearTensors> queryKeyValue =
        new ArrayList<>(List.of(tensors.query(), tensors.key(), tensors.value()));
    return new Layer(
        kernels.norm().pack(scope, tensors.attentionNorm()),
        kernels.queryKeyValue().pack(scope, queryKeyValue),
        tensors.queryNorm(),
        tensors.keyNorm(),
        kernels.output().pack(scope, List.of(tensors.output())),
        kernels.norm().pack(scope, tensors.mlpNorm()),
        tensors.gate() == null ? null : kernels.gate().pack(scope, List.of(tensors.gate())),
        kernels.up().pack(scope, List.of(tensors.up())),
        kernels.down().pack(scope, List.of(tensors.down())),
        window);
  }

  /** The first rows of a matrix, row-major. */
  private FloatPointer load(Matrix matrix, int rows) {
    int width = matrix.cols();
    FloatPointer table = scope.floats((long) rows * width);
    int chunk = Math.max(1, (1 << 20) / width);
    float[] buffer = new float[Math.min(chunk, rows) * width];
    for (int row = 0; row < rows; row += chunk) {
      int count = Math.min(chunk, rows - row);
      matrix.read(row, count, buffer, 0);
      table.getPointer((long) row * width).put(buffer, 0, count * width);
    }
    return table;
  }

  /** The kernel of a block of queries; compiled by the first session that needs it. */
  AttentionKernel attention(AttentionKernel.Block block) {
    return attention.computeIfAbsent(block, key -> new AttentionKernel(scope, config, key));
  }

  @Override
  public ComputeSession open() {
    return new OneDnnSession(this);
  }

  @Override
  public void close() {
    scope.close();
  }
}
