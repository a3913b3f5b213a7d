package org.sparkadept.benchmarks.pytorch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sparkadept.decoder.compute.ComputeOptions.Precision;
import org.sparkadept.decoder.error.AdeptException;

/** PyTorch in a process of its own, {@code score.py}. Requests and responses are lines of JSON. */
final class PyTorch implements AutoCloseable {
  private static final String SCRIPT = "score.py";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String python;
  private final Process process;
  private final BufferedWriter requests;
  private final BufferedReader responses;
  private final JsonNode facts;

  /**
   * Starts the process.
   *
   * @param python the interpreter
   * @param folder where the script is written
   * @param device {@code cuda} or {@code cpu}
   * @param threads threads of the CPU that it may use
   * @throws AdeptException if there is no such interpreter, it has no PyTorch, or PyTorch has no
   *     such device
   */
  PyTorch(String python, Path folder, String device, int threads) throws IOException {
    this.python = python;
    Path script = folder.resolve(SCRIPT);
    try (InputStream source = PyTorch.class.getResourceAsStream(SCRIPT)) {
      Files.copy(source, script, StandardCopyOption.REPLACE_EXISTING);
    }
    try {
      process =
          new ProcessBuilder(python, script.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
    } catch (IOException e) {
      throw new AdeptException(
          "There is no Python interpreter '"
              + python
              + "' ("
              + e.getMessage()
              + "); name one that has PyTorch with --python.",
          e);
    }
    requests = process.outputWriter();
    responses = process.inputReader();
    try {
      facts = send(request("start").put("device", device).put("threads", threads));
    } catch (RuntimeException | IOException e) {
      close();
      throw e;
    }
  }

  /**
   * Its version, {@code version}, and how attention is computed, {@code attention}, among others.
   */
  JsonNode facts() {
    return facts;
  }

  /** What the device can do, each roof measured for some seconds. */
  Roofs roofs(double seconds) throws IOException {
    return Roofs.of(send(request("roofs").put("seconds", seconds)));
  }

  /**
   * Loads a model and its rows.
   *
   * @param name its name in further requests
   * @param model model directory
   * @param rows file with a JSON array of token ids a line
   * @param precision of weights and arithmetic
   * @param tf32 whether products in single precision may take the tensor cores' shorter numbers
   * @param batchTokens tokens of a batch, padding included; 0 for what is fastest
   * @return {@code batch_tokens} as chosen, and {@code padding} as a share of the rows' tokens
   */
  JsonNode open(
      String name, Path model, Path rows, Precision precision, boolean tf32, int batchTokens)
      throws IOException {
    return send(
        request("open")
            .put("name", name)
            .put("model", model.toString())
            .put("rows", rows.toString())
            .put("precision", Settings.key(precision))
            .put("tf32", tf32)
            .put("batch_tokens", batchTokens));
  }

  /**
   * Mean seconds of a pass over all rows; passes are repeated until {@code least} seconds passed.
   */
  double seconds(String name, double least) throws IOException {
    return send(request("time").put("name", name).put("seconds", least)).get("seconds").asDouble();
  }

  /**
   * Each row's logits {@code [rows][labels]}.
   *
   * @param exits layer after which each row's are wanted, counted from 1; null for the last
   */
  double[][] logits(String name, int[] exits) throws IOException {
    ObjectNode request = request("logits").put("name", name);
    request.set("exits", JSON.valueToTree(exits));
    return JSON.treeToValue(send(request).get("logits"), double[][].class);
  }

  /** Frees a model. */
  void close(String name) throws IOException {
    send(request("close").put("name", name));
  }

  private static ObjectNode request(String command) {
    return JSON.createObjectNode().put("command", command);
  }

  private JsonNode send(ObjectNode request) throws IOException {
    String line;
    try {
      requests.write(JSON.writeValueAsString(request));
      requests.newLine();
      requests.flush();
      line = responses.readLine();
    } catch (IOException e) {
      // A process that ended at once, without PyTorch for instance, may have written why.
      line = responses.readLine();
    }
    JsonNode response = parse(line);
    if (response.has("error")) {
      throw new AdeptException("PyTorch: " + response.get("error").asText());
    }
    return response;
  }

  private JsonNode parse(String line) {
    try {
      JsonNode response = line == null ? null : JSON.readTree(line);
      if (response != null && response.isObject()) {
        return response;
      }
    } catch (JsonProcessingException e) {
      throw new AdeptException("'" + python + "' answers '" + line + "', which is no JSON.", e);
    }
    throw new AdeptException("'" + python + "' ended without an answer; see what it wrote above.");
  }

  /** Ends the process; it has nothing to lose. */
  @Override
  public void close() {
    process.destroy();
  }
}
