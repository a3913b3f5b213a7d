package org.sparkadept.training.tune;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.sparkadept.decoder.adept.ModelDirectory;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.exit.ExitHead;
import org.sparkadept.decoder.format.TokenizerSource;
import org.sparkadept.decoder.format.safetensors.SafetensorsFormat;
import org.sparkadept.decoder.format.safetensors.SafetensorsStore;
import org.sparkadept.training.model.ExitPlan;
import org.sparkadept.training.model.ModelWeights;

/**
 * A tuned model: what was trained, beside the backbone that has the rest.
 *
 * @param backbone the model that was tuned
 * @param trained safetensors file of the weights that were trained
 * @param exits what was kept and trained
 * @param labels label names
 */
public record TunedModel(ModelSource backbone, Path trained, ExitPlan exits, List<String> labels) {
  private static final List<String> TOKENIZER_FILES =
      List.of(
          SafetensorsFormat.TOKENIZER_FILE,
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "tokenizer.model");

  /**
   * An exit head: {@code z = W·x + b}.
   *
   * @param exitLayer from 1
   * @param input what it reads
   * @param weight W, {@code [labels, inputs]}
   * @param bias b, {@code [labels]}
   */
  public record Head(int exitLayer, ExitHead.Input input, float[] weight, float[] bias) {}

  /** The same, cut after one of its exit layers. */
  public TunedModel upTo(int exitLayer) {
    List<Integer> left = exits.exitLayers().stream().filter(layer -> layer <= exitLayer).toList();
    ExitPlan cut = new ExitPlan(left, exits.input(), exits.loraRank(), exits.trainEmbedding());
    return new TunedModel(backbone, trained, cut, labels);
  }

  /** The exit heads, by layer. */
  public List<Head> heads() {
    List<Head> heads = new ArrayList<>();
    try (SafetensorsStore tensors = SafetensorsStore.openFile(trained)) {
      for (int layer : exits.exitLayers()) {
        float[] weight = tensors.tensor(ModelWeights.headWeight(layer)).readAll();
        float[] bias = tensors.tensor(ModelWeights.headBias(layer)).readAll();
        heads.add(new Head(layer, exits.input(), weight, bias));
      }
    }
    return heads;
  }

  /**
   * Writes the backbone that is left: configuration, tokenizer and weights of the layers that were
   * kept, as a Hugging Face directory. Each tensor has the number format of the checkpoint, or F32
   * where that is quantized. A classification head and a language-model head are left out.
   *
   * @param directory an empty folder
   * @throws AdeptException if a file cannot be read or written
   */
  public void export(Path directory) {
    try (ModelDirectory source = ModelDirectory.openBackbone(backbone);
        SafetensorsStore tuned = SafetensorsStore.openFile(trained)) {
      new TunedTensors(source, tuned, exits)
          .write(directory.resolve(SafetensorsFormat.WEIGHTS_FILE));
      CutConfig.write(
          source.checkpoint().config(),
          directory.resolve(SafetensorsFormat.CONFIG_FILE),
          exits.depth());
      writeTokenizer(source.checkpoint().tokenizer(), directory);
    } catch (IOException e) {
      throw new AdeptException(
          "The tuned model cannot be written to "
              + directory
              + " ("
              + e
              + "); free some space or name another folder.",
          e);
    }
  }

  private void writeTokenizer(TokenizerSource tokenizer, Path directory) throws IOException {
    if (tokenizer.made().isPresent()) {
      String json = tokenizer.made().get().get();
      Files.writeString(directory.resolve(SafetensorsFormat.TOKENIZER_FILE), json);
      return;
    }
    try (Stream<Path> files = Files.list(backbone.directory())) {
      for (Path file : files.toList()) {
        if (TOKENIZER_FILES.contains(file.getFileName().toString())) {
          Files.copy(file, directory.resolve(file.getFileName()));
        }
      }
    }
  }
}
