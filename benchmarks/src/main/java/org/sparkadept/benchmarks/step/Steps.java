package org.sparkadept.benchmarks.step;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.Consumer;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.output.PartFile;

/**
 * The steps of one measurement. Each is kept in a file {@code NAME.json} of a folder, and is not
 * done again while its settings are the same.
 */
public final class Steps {
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private final Path folder;
  private final String commit;
  private final Consumer<String> progress;

  /**
   * @param folder absolute; made with the first step
   * @param commit of the source tree
   * @param progress receives a line when a step begins, and when it is done
   */
  public Steps(Path folder, String commit, Consumer<String> progress) {
    this.folder = folder;
    this.commit = commit;
    this.progress = progress;
  }

  /** What a step does. */
  @FunctionalInterface
  public interface Work<T> {
    /** Does it. */
    T run() throws Exception;
  }

  /**
   * Does a step, unless it is done already.
   *
   * @param name of its file
   * @param settings all that its result depends on
   * @param type of its result, which Jackson writes and reads
   * @throws AdeptException if its file cannot be read or written
   */
  public <T> Step<T> run(String name, Map<String, ?> settings, Class<T> type, Work<T> work)
      throws Exception {
    JsonNode wanted = tree(settings);
    JavaType stepType = JSON.getTypeFactory().constructParametricType(Step.class, type);
    Path file = folder.resolve(name + ".json");
    Step<T> kept = read(file, wanted, stepType);
    if (kept != null) {
      progress.accept(String.format("%s: done before, in %.0f s", name, kept.seconds()));
      return kept;
    }
    Path mark = folder.resolve(name + ".begun");
    boolean interrupted = wanted.equals(read(mark));
    write(mark, wanted);
    progress.accept(name + (interrupted ? ": begun before, goes on" : ": begins"));
    long start = System.nanoTime();
    T result = work.run();
    double seconds = (System.nanoTime() - start) / 1e9;
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    Step<T> done = new Step<>(wanted, commit, now, seconds, interrupted, result);
    write(file, done);
    Files.deleteIfExists(mark);
    progress.accept(String.format("%s: done in %.0f s", name, seconds));
    return done;
  }

  /** As it will be when it is read again, so that the two can be compared. */
  private static JsonNode tree(Object value) throws IOException {
    return JSON.readTree(JSON.writeValueAsBytes(value));
  }

  private <T> Step<T> read(Path file, JsonNode settings, JavaType type) throws IOException {
    JsonNode step = read(file);
    if (step == null || !settings.equals(step.get("settings"))) {
      return null;
    }
    try {
      return JSON.readValue(JSON.treeAsTokens(step), type);
    } catch (JsonProcessingException e) {
      progress.accept(file + " is the result of another version, which is not read; done again");
      return null;
    }
  }

  private static JsonNode read(Path file) {
    if (!Files.exists(file)) {
      return null;
    }
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException e) {
      throw new AdeptException(
          file + " cannot be read (" + e.getMessage() + "); remove it to do the step again.", e);
    }
  }

  private static void write(Path file, Object value) throws IOException {
    try (PartFile part = new PartFile("step", file)) {
      part.write(JSON.writeValueAsBytes(value));
      part.putInPlace();
    }
  }
}
