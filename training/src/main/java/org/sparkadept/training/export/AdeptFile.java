package org.sparkadept.training.export;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.OptionalDouble;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.format.FileHash;
import org.sparkadept.decoder.format.JsonObject;
import org.sparkadept.training.evaluate.ExitOutcomes;
import org.sparkadept.training.evaluate.PolicyOutcome;
import org.sparkadept.training.evaluate.ThresholdChoice;
import org.sparkadept.training.tokenizer.TokenizerFile;

/** The adept.json of a model directory: labels, exit layers, exit policy and what it rests on. */
public final class AdeptFile {
  /** Its name. */
  public static final String NAME = "adept.json";

  private static final int FORMAT_VERSION = 1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private AdeptFile() {}

  /**
   * Writes the file; the other files of the directory have to be there already.
   *
   * @param validation what the exported weights answer on the validation rows
   * @param policy the confidence at which rows leave, and what it does on these rows
   * @throws IOException if a file cannot be read or written
   */
  public static void write(ModelDirectory directory, ExitOutcomes validation, PolicyOutcome policy)
      throws IOException {
    ObjectNode root = JSON.createObjectNode();
    root.put("format_version", FORMAT_VERSION);
    ArrayNode labels = root.putArray("labels");
    for (String label : directory.labels().names()) {
      labels.add(label);
    }
    ArrayNode exitLayers = root.putArray("exit_layers");
    for (int exit = 1; exit <= validation.exits(); exit++) {
      exitLayers.add(exit);
    }
    root.putObject("policy").put("kind", "confidence").put("threshold", policy.threshold());
    ObjectNode fittedOn = root.putObject("fitted_on");
    for (String name : List.of(LlamaConfig.NAME, TokenizerFile.NAME, ModelDirectory.BACKBONE)) {
      fittedOn.put(name, FileHash.of(directory.path().resolve(name)));
    }
    ObjectNode figures = root.putObject("validation");
    figures.put("rows", validation.rows());
    ArrayNode accuracy = figures.putArray("exit_accuracy");
    for (int exit = 0; exit < validation.exits(); exit++) {
      accuracy.add(validation.accuracy(exit));
    }
    figures.put("tolerated_accuracy_loss", ThresholdChoice.TOLERATED_LOSS);
    figures.put("accuracy", policy.accuracy());
    figures.put("agreement_with_full_depth", policy.agreement());
    figures.put("mean_exit_layer", policy.meanExitLayer());
    Files.write(
        directory.path().resolve(NAME),
        JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root));
  }

  /**
   * The confidence at which rows leave, where a directory's adept.json says so; nothing where it
   * has another policy, as after {@code adept fit}.
   *
   * @throws CheckpointException if it cannot be read
   */
  public static OptionalDouble confidence(ModelDirectory directory) {
    JsonObject policy = JsonObject.read(directory.path().resolve(NAME)).object("policy");
    return policy.text("kind").equals("confidence")
        ? OptionalDouble.of(policy.number("threshold"))
        : OptionalDouble.empty();
  }
}
