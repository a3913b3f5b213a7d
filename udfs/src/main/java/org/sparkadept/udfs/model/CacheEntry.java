package org.sparkadept.udfs.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.format.FileHash;
import org.sparkadept.udfs.model.RemoteModel.SourceFile;

/**
 * One version of a model in the cache: a folder with the files below {@code model} and their hashes
 * in {@code SHA256SUMS}, as {@code sha256sum --check} reads them.
 *
 * @param path the folder
 */
record CacheEntry(Path path) {
  private static final Logger LOG = LoggerFactory.getLogger(CacheEntry.class);
  private static final String MODEL = "model";
  private static final String SUMS = "SHA256SUMS";
  private static final String SEPARATOR = "  " + MODEL + "/";
  private static final String HASH_KIND = "sha256:";

  /** The model's directory. */
  Path directory() {
    return path.resolve(MODEL);
  }

  /** Writes the hashes down. */
  void write(List<SourceFile> files) throws IOException {
    Files.write(
        path.resolve(SUMS),
        files.stream().map(file -> file.sha256() + SEPARATOR + file.name()).toList());
  }

  /**
   * Hashes the files. A damaged entry is removed, and the log says what was wrong with it.
   *
   * @return the model's files with their hashes; nothing where there is no sound entry
   */
  Optional<List<SourceFile>> check(RemoteModel model) {
    if (!Files.isDirectory(path)) {
      return Optional.empty();
    }
    try {
      List<SourceFile> files = new ArrayList<>();
      Map<String, String> sums = sums();
      for (SourceFile file : model.files()) {
        files.add(file.withHash(check(file, sums.get(file.name()))));
      }
      if (!model.agrees(files)) {
        throw new IOException("its files have other hashes than the driver's");
      }
      Files.setLastModifiedTime(path, FileTime.from(Instant.now()));
      return Optional.of(files);
    } catch (IOException | AdeptException e) {
      LOG.warn(
          "The fetched model {} is damaged and will be fetched again: {}", path, e.getMessage());
      FileUtil.fullyDelete(path.toFile());
      return Optional.empty();
    }
  }

  private Map<String, String> sums() throws IOException {
    try (Stream<String> lines = Files.lines(path.resolve(SUMS))) {
      return lines
          .filter(line -> line.contains(SEPARATOR))
          .map(line -> line.split(SEPARATOR, 2))
          .collect(Collectors.toMap(parts -> parts[1], parts -> parts[0]));
    }
  }

  private String check(SourceFile file, String sum) throws IOException {
    Path stored = directory().resolve(file.name());
    String hash = FileHash.of(stored).substring(HASH_KIND.length());
    if (!hash.equals(sum)) {
      throw new IOException(
          stored + " has the hash " + hash + ", but was fetched with " + sum + ".");
    }
    return hash;
  }
}
