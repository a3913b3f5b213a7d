package org.sparkadept.decoder.format.gguf;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.SimilarNames;
import org.sparkadept.decoder.format.TensorStore;
import org.sparkadept.decoder.tensor.ReorderedTensor;
import org.sparkadept.decoder.tensor.ShiftedTensor;
import org.sparkadept.decoder.tensor.Tensor;
import org.sparkadept.decoder.tensor.TensorFile;

/**
 * The tensors of a model under Hugging Face's names, with the rows where Hugging Face has them.
 *
 * <p>Files of {@code llama} and some other architectures rotate neighbouring elements of a head, so
 * the converter has put the rows of each head's queries and keys in another order: row {@code half
 * · d/2 + i} of a head of size d became row {@code 2 · i + half}. Here they are put back. Gemma's
 * norms are stored with the 1 that the family adds to them, which is taken off again.
 */
final class GgufStore implements TensorStore {
  private final GgufModel model;
  private final Map<String, Tensor> tensors;

  private GgufStore(GgufModel model, Map<String, Tensor> tensors) {
    this.model = model;
    this.tensors = Collections.unmodifiableMap(tensors);
  }

  /**
   * @param model the open files, which the store then owns
   * @param settings what the file's keys say
   * @throws CheckpointException if there is a tensor that no supported model has
   */
  static GgufStore of(GgufModel model, GgufSettings settings) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    for (String name : model.tensors().keySet()) {
      if (settings.reads(name)) {
        continue;
      }
      Architecture architecture = settings.architecture();
      String translated = TensorNames.translated(name, architecture);
      if (translated == null) {
        throw unknown(model, name, settings);
      }
      Tensor tensor = model.tensors().get(name).as(translated);
      if (architecture.rotatesNeighbours() && TensorNames.isQuery(name)) {
        tensor = restored(tensor, settings.heads());
      } else if (architecture.rotatesNeighbours() && TensorNames.isKey(name)) {
        tensor = restored(tensor, settings.kvHeads());
      } else if (architecture.shiftsNorms() && TensorNames.isNorm(name)) {
        tensor = new ShiftedTensor(tensor, -1);
      }
      tensors.put(translated, tensor);
    }
    return new GgufStore(model, tensors);
  }

  /** Rows {@code [heads, d/2, 2]} as {@code [heads, 2, d/2]}; others are refused later. */
  private static Tensor restored(Tensor tensor, int heads) {
    long[] shape = tensor.shape();
    if (shape.length == 0 || shape[0] == 0 || shape[0] % (2L * heads) != 0) {
      return tensor;
    }
    long size = shape[0] / heads;
    long half = size / 2;
    return new ReorderedTensor(
        tensor, row -> row - row % size + 2 * (row % half) + row % size / half);
  }

  private static CheckpointException unknown(GgufModel model, String name, GgufSettings settings) {
    boolean head = name.startsWith("cls");
    return new CheckpointException(
        String.format(
            "%s: tensor %s is not read in a model of architecture %s%s.",
            model.tensors().get(name).file().file(),
            CheckpointException.quote(name),
            settings.architecture(),
            head
                ? ": classification heads are read from Hugging Face directories only. Use the"
                    + " model as it was before the conversion"
                : "; the model is of a kind that is not supported, or the file is damaged"));
  }

  @Override
  public Set<String> names() {
    return tensors.keySet();
  }

  @Override
  public boolean has(String name) {
    return tensors.containsKey(name);
  }

  @Override
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      List<String> similar = SimilarNames.of(name, tensors.keySet());
      throw new CheckpointException(
          String.format(
              "%s has no tensor %s, by Hugging Face's names%s. The file is incomplete or belongs to"
                  + " another kind of model.",
              model.path(),
              CheckpointException.quote(name),
              similar.isEmpty() ? "" : "; similar names are " + String.join(", ", similar)));
    }
    return tensor;
  }

  @Override
  public List<Path> files() {
    List<Path> paths = new ArrayList<>();
    for (TensorFile file : model.files()) {
      paths.add(file.file());
    }
    return paths;
  }

  @Override
  public void close() {
    model.close();
  }
}
