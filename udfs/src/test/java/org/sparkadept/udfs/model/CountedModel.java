package org.sparkadept.udfs.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.sparkadept.decoder.fixture.TinyAdept;
import org.sparkadept.decoder.fixture.TinyCheckpoint;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;

/**
 * A tiny model that is to be had through a {@link CountingFileSystem}, and a cache to fetch it to.
 */
public final class CountedModel {
  public final Path folder;
  public final Path model;
  public final Path cache;
  private final Path log;
  private final Map<String, String> settings = new HashMap<>();

  public CountedModel(Path folder) throws IOException {
    this.folder = folder;
    model =
        TinyCheckpoint.llama()
            .labels("no", "yes", "grün")
            .adept(TinyAdept.confidence(0.5, 1, 2, 3))
            .write(Files.createDirectory(folder.resolve("model")));
    cache = folder.resolve("cache");
    log = folder.resolve("opened");
    set(CountingFileSystem.IMPLEMENTATION, CountingFileSystem.class.getName());
    set(CountingFileSystem.LOG, log.toString());
    set(CountingFileSystem.KEY, CountingFileSystem.RIGHT_KEY);
  }

  public String uri() {
    return "counted://" + model;
  }

  public void set(String key, String value) {
    settings.put(key, value);
  }

  /** Settings of Hadoop, with {@code prefix} before their names. */
  public Map<String, String> settings(String prefix) {
    Map<String, String> prefixed = new HashMap<>();
    settings.forEach((key, value) -> prefixed.put(prefix + key, value));
    return prefixed;
  }

  public AdeptConf conf() {
    return AdeptConf.defaults()
        .over(settings("spark.hadoop."), "test")
        .with(AdeptKey.MODEL_CACHE_DIR, cache);
  }

  /** Names of the files opened so far, in order. */
  public List<String> opened() throws IOException {
    return Files.exists(log) ? Files.readAllLines(log) : List.of();
  }

  /** Entries of the cache, those of unfinished fetches included. */
  public List<Path> entries() throws IOException {
    try (Stream<Path> entries = Files.list(cache)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  /** Names of the model's files. */
  public List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(model)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
