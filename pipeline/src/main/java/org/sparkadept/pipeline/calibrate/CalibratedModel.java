package org.sparkadept.pipeline.calibrate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.UUID;
import org.sparkadept.pipeline.output.ModelFiles;
import org.sparkadept.pipeline.output.OutputException;

/**
 * A model directory with another policy in its {@code adept.json}. The file, or the directory where
 * it is a new one, is finished under another name and then put in place in one step.
 */
final class CalibratedModel {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FILE = "adept.json";

  private CalibratedModel() {}

  /**
   * Checks that the output can be made, before the work begins.
   *
   * @throws OutputException if it exists and is not the model
   */
  static void check(Path model, Path output) {
    ModelFiles.requirePath(output);
    if (!same(model, output) && Files.exists(output)) {
      throw new OutputException(
          output
              + " exists; remove it, choose another --output, or calibrate the model in place"
              + " (--in-place).");
    }
  }

  /**
   * Writes the model.
   *
   * @param choice the policy, its new τ and whether tokens leave
   * @return the file that holds the threshold
   */
  static Path write(Path model, Path output, Choice choice) {
    Path target = output.toAbsolutePath().normalize();
    Path staging = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID());
    try {
      try {
        byte[] bytes = json(model, choice);
        if (same(model, output)) {
          Files.write(staging, bytes);
          Files.move(
              staging,
              target.resolve(FILE),
              StandardCopyOption.ATOMIC_MOVE,
              StandardCopyOption.REPLACE_EXISTING);
        } else {
          ModelFiles.link(model, staging, Set.of(FILE));
          Files.write(staging.resolve(FILE), bytes);
          Files.move(staging, target, StandardCopyOption.ATOMIC_MOVE);
        }
      } finally {
        ModelFiles.delete(staging);
      }
    } catch (IOException e) {
      throw new OutputException(
          "The calibrated model cannot be written to "
              + target
              + " ("
              + e
              + "). Free some space, allow writing there, or choose another --output.",
          e);
    }
    return target.resolve(FILE);
  }

  /** The model's file, whatever else it says, with the choice in it. */
  private static byte[] json(Path model, Choice choice) throws IOException {
    ObjectNode json = (ObjectNode) JSON.readTree(model.resolve(FILE).toFile());
    ObjectNode policy = json.withObject("/policy");
    policy.put("kind", choice.policy());
    policy.put("threshold", choice.threshold());
    if (json.has("token_policy")) {
      json.withObject("/token_policy").put("enabled", choice.tokens());
    }
    json.set("calibration", JSON.valueToTree(choice.figures()));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
  }

  private static boolean same(Path model, Path output) {
    try {
      return Files.exists(output) && Files.isSameFile(model, output);
    } catch (IOException e) {
      throw new OutputException(output + " cannot be looked at: " + e, e);
    }
  }
}
