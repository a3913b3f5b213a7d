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
import org.sparkadept.decoder.error.AdeptException;

/**
 * PyTorch, in a process of its own: {@code score.py}, which is asked and answers in lines of JSON.
 */
final class PyTorch implements AutoCloseable {
  private static final String SCRIPT = "score.py";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String python;
  private final Process process;
  private final BufferedWriter questions;
  private final BufferedReader answers;
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
    questions = process.outputWriter();
    answers = process.inputReader();
    try {
      facts = ask(question("start").put("device", device).put("threads", threads));
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

  /** What the device can do, each roof measured for so many seconds. */
  Roofs roofs(double seconds) throws IOException {
    return Roofs.of(ask(question("roofs").put("seconds", seconds)));
  }

  /**
   * Loads a model and its rows.
   *
   * @param name what it is called in further questions
   * @param model model directory
   * @param rows file with a JSON array of token ids a line
   * @param precision of weights and arithmetic
   * @param tf32 whether products in single precision may take the tensor cores' shorter numbers
   * @param batchTokens tokens of a batch, padding included; 0 for what is fastest
   * @return {@code batch_tokens} as chosen, {@code padding} over the rows' tokens
   */
  JsonNode open(
      String name, Path model, Path rows, Precision precision, boolean tf32, int batchTokens)
      throws IOException {
    return ask(
        question("open")
            .put("name", name)
            .put("model", model.toString())
            .put("rows", rows.toString())
            .put("precision", precision.key())
            .put("tf32", tf32)
            .put("batch_tokens", batchTokens));
  }

  /** Mean seconds of a pass over all rows; passes are made until so many seconds have gone by. */
  double seconds(String name, double least) throws IOException {
    return ask(question("time").put("name", name).put("seconds", least)).get("seconds").asDouble();
  }

  /**
   * Each row's logits {@code [rows][labels]}.
   *
   * @param exits layer after which each row's are wanted, counted from 1; null for the last
   */
  double[][] logits(String name, int[] exits) throws IOException {
    ObjectNode question = question("logits").put("name", name);
    question.set("exits", JSON.valueToTree(exits));
    return JSON.treeToValue(ask(question).get("logits"), double[][].class);
  }

  /** Forgets a model. */
  void close(String name) throws IOException {
    ask(question("close").put("name", name));
  }

  private static ObjectNode question(String command) {
    return JSON.createObjectNode().put("command", command);
  }

  private JsonNode ask(ObjectNode question) throws IOException {
    String line;
    try {
      questions.write(JSON.writeValueAsString(question));
      questions.newLine();
      questions.flush();
      line = answers.readLine();
    } catch (IOException e) {
      // A process that ends at once, without PyTorch for instance, may have said why.
      line = answers.readLine();
    }
    JsonNode answer = parse(line);
    if (answer.has("error")) {
      throw new AdeptException("PyTorch: " + answer.get("error").asText());
    }
    return answer;
  }

  private JsonNode parse(String line) {
    try {
      JsonNode answer = line == null ? null : JSON.readTree(line);
      if (answer != null && answer.isObject()) {
        return answer;
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
