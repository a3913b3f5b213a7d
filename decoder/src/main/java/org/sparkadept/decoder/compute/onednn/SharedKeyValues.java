package org.sparkadept.decoder.compute.onednn;

import static org.sparkadept.decoder.compute.onednn.LinearKernel.WIDE_TILE;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Keys and values of the first layer, before positions are rotated into them, of the distinct
 * tokens of a wave, {@code [distinct tokens, 2·keyWidth]}. They depend on a token's id alone, and a
 * wave has the same ids again and again.
 */
final class SharedKeyValues implements AutoCloseable {
  private final OneDnnModel model;
  private final int columns;
  private final GrowingFloats memory = new GrowingFloats();

  /** By id: where its keys and values stand; valid where {@link #distinct} has the id there. */
  private final int[] places;

  private int[] distinct = {};
  private int size;
  private int[] tokenIds = {};
  private FloatBuffer view;

  SharedKeyValues(OneDnnModel model) {
    this.model = model;
    columns = 2 * model.config.keyWidth();
    places = new int[model.config.vocabulary()];
  }

  /** Begins a wave. */
  void begin(int[] ids) {
    tokenIds = ids;
    size = 0;
  }

  /**
   * Whether a layer's keys and values are here: those of the first layer, if positions are not part
   * of a token's embedding, and one buffer can hold them.
   */
  boolean cover(int layer) {
    long bytes = (long) (tokenIds.length + WIDE_TILE) * columns * Float.BYTES;
    return layer == 0 && model.positions == null && bytes <= Integer.MAX_VALUE;
  }

  /**
   * Projects the wave's tokens, once for each id, unless that is done.
   *
   * @param normed scratch, {@code [WIDE_TILE, width]}
   */
  void project(LayerKernels.Use kernels, FloatPointer normed) {
    if (size > 0) {
      return;
    }
    findDistinct();
    long floats = (long) (size + WIDE_TILE) * columns;
    FloatPointer first = memory.atLeast(floats);
    view = OneDnn.view(first, floats);
    OneDnnModel.Layer layer = model.layer(0);
    int width = model.config.width();
    FloatBuffer states = OneDnn.view(normed, (long) WIDE_TILE * width);
    for (int t = 0; t < size; t += WIDE_TILE) {
      int count = Math.min(WIDE_TILE, size - t);
      for (int i = 0; i < count; i++) {
        model.embedding.copy(distinct[t + i], states, i * width);
      }
      kernels.wideNorm().apply(layer.attentionNorm(), normed, normed);
      FloatPointer tile = first.getPointer((long) t * columns);
      kernels.keyValue().apply(layer.keyValue(), count, normed, tile);
    }
  }

  private void findDistinct() {
    distinct = distinct.length >= tokenIds.length ? distinct : new int[tokenIds.length];
    for (int id : tokenIds) {
      int place = places[id];
      if (place >= size || distinct[place] != id) {
        places[id] = size;
        distinct[size++] = id;
      }
    }
  }

  /** How many of the wave's tokens took what was projected for another; 0 if none was. */
  long sharedTokens() {
    return size == 0 ? 0 : tokenIds.length - size;
  }

  /** Copies keys and values of tokens {@code first .. first + count} of a batch, packed. */
  void copy(TokenBatch batch, int first, int count, FloatPointer packed) {
    FloatBuffer target = OneDnn.view(packed, (long) count * columns);
    for (int i = 0; i < count; i++) {
      int place = places[tokenIds[batch.token(first + i)]];
      target.put(i * columns, view, place * columns, columns);
    }
  }

  @Override
  public void close() {
    memory.close();
  }
}
