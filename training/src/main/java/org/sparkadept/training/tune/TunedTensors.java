package org.sparkadept.training.tune;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.format.safetensors.SafetensorsStore;
import org.sparkadept.decoder.format.safetensors.SafetensorsWriter;
import org.sparkadept.decoder.model.ModelTensors;
import org.sparkadept.decoder.tensor.Matrix;
import org.sparkadept.decoder.tensor.Tensor;
import org.sparkadept.decoder.tensor.TransposedMatrix;
import org.sparkadept.training.model.ExitPlan;
import org.sparkadept.training.model.ModelWeights;
import org.sparkadept.training.model.Slot;
import org.sparkadept.training.model.WeightPlan;

/**
 * The tensors of the layers that were kept, under Hugging Face's names and in the checkpoint's
 * formats, quantized ones in F32. A file is written tensor by tensor; one at a time is in memory.
 */
final class TunedTensors {
  private final ModelDirectory source;
  private final SafetensorsStore tuned;
  private final ExitPlan exits;
  private final Map<String, List<Piece>> pieces = new LinkedHashMap<>();

  /**
   * A part of a weight, which is a tensor of the checkpoint or a part of one.
   *
   * @param weight name of the weight among those that were trained
   * @param slot what the weight is made of
   * @param part which of its parts
   */
  private record Piece(String weight, Slot slot, int part) {
    Matrix matrix() {
      return slot.parts().get(part);
    }

    int firstElement() {
      int first = 0;
      for (Matrix before : slot.parts().subList(0, part)) {
        first += before.rows() * before.cols();
      }
      return first;
    }
  }

  TunedTensors(ModelDirectory source, SafetensorsStore tuned, ExitPlan exits) {
    this.source = source;
    this.tuned = tuned;
    this.exits = exits;
    ModelTensors tensors = source.tensors();
    for (int layer = 0; layer < exits.depth(); layer++) {
      for (Slot slot : WeightPlan.layer(tensors, layer)) {
        add(ModelWeights.layer(layer, slot.name()), slot);
      }
    }
    for (Slot slot : WeightPlan.finalNorm(tensors)) {
      add(slot.name(), slot);
    }
    add(
        ModelWeights.EMBEDDING,
        new Slot(ModelWeights.EMBEDDING, List.of(tensors.embedding()), false));
    if (tensors.positions() != null) {
      add("positions", new Slot("positions", List.of(tensors.positions()), false));
    }
  }

  private void add(String weight, Slot slot) {
    for (int part = 0; part < slot.parts().size(); part++) {
      String name = slot.parts().get(part).name();
      pieces.computeIfAbsent(name, key -> new ArrayList<>()).add(new Piece(weight, slot, part));
    }
  }

  void write(Path file) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata("format", "pt");
    for (String name : pieces.keySet()) {
      Tensor stored = source.checkpoint().tensors().tensor(name);
      int[] shape = new int[stored.shape().length];
      for (int i = 0; i < shape.length; i++) {
        shape[i] = stored.dim(i);
      }
      writer.add(name, stored.dtype(), new Lazy(name, stored), shape);
    }
    writer.write(file);
  }

  /** The values of one tensor, which are put together when the writer comes to them. */
  private final class Lazy implements SafetensorsWriter.Values {
    private final String name;
    private final Tensor stored;
    private float[] values;

    Lazy(String name, Tensor stored) {
      this.name = name;
      this.stored = stored;
    }

    @Override
    public void read(long start, float[] to, int count) {
      List<Piece> parts = pieces.get(name);
      if (!isTrained(parts.get(0))) {
        stored.read(start, to, 0, count);
        return;
      }
      if (start == 0) {
        values = assemble(parts);
      }
      System.arraycopy(values, Math.toIntExact(start), to, 0, count);
      if (start + count == stored.size()) {
        values = null;
      }
    }

    private float[] assemble(List<Piece> parts) {
      float[] whole = new float[Math.toIntExact(stored.size())];
      int next = 0;
      for (Piece piece : parts) {
        float[] own = values(piece);
        if (piece.matrix() instanceof TransposedMatrix turned) {
          transpose(own, turned, whole);
        } else {
          System.arraycopy(own, 0, whole, next, own.length);
          next += own.length;
        }
      }
      return whole;
    }
  }

  private boolean isTrained(Piece piece) {
    return tuned.has(piece.weight) || tuned.has(ModelWeights.loraDown(piece.weight));
  }

  /** Values of a part [rows, cols]. */
  private float[] values(Piece piece) {
    Matrix matrix = piece.matrix();
    float[] values = new float[matrix.rows() * matrix.cols()];
    if (tuned.has(piece.weight)) {
      tuned.tensor(piece.weight).read(piece.firstElement(), values, 0, values.length);
    } else {
      matrix.read(0, matrix.rows(), values, 0);
      addLora(piece, values);
    }
    return values;
  }

  /** Adds scale · B · A. */
  private void addLora(Piece piece, float[] values) {
    int cols = piece.matrix().cols();
    int rank = exits.loraRank();
    float[] down = new float[rank * cols];
    tuned
        .tensor(ModelWeights.loraDown(piece.weight))
        .read((long) piece.part * rank * cols, down, 0, down.length);
    float[] up = tuned.tensor(ModelWeights.loraUp(piece.weight, piece.part)).readAll();
    for (int row = 0; row < piece.matrix().rows(); row++) {
      for (int i = 0; i < rank; i++) {
        float factor = ModelWeights.LORA_SCALE * up[row * rank + i];
        for (int col = 0; col < cols; col++) {
          values[row * cols + col] += factor * down[i * cols + col];
        }
      }
    }
  }

  private static void transpose(float[] part, TransposedMatrix matrix, float[] whole) {
    int outputs = matrix.tensor().dim(1);
    for (int row = 0; row < matrix.rows(); row++) {
      for (int col = 0; col < matrix.cols(); col++) {
        whole[col * outputs + matrix.firstOutput() + row] = part[row * matrix.cols() + col];
      }
    }
  }
}
