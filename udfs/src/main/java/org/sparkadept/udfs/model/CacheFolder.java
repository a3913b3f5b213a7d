package org.sparkadept.udfs.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.FileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.model.RemoteModel.SourceFile;

/**
 * The folder that a host keeps fetched models in. An entry is named after the model, its source and
 * its version: {@code NAME-SOURCE-VERSION}.
 *
 * @param path of the folder
 * @param shared whether the configuration names it; then its permissions are up to the user
 */
record CacheFolder(Path path, boolean shared) {
  private static final Logger LOG = LoggerFactory.getLogger(CacheFolder.class);
  private static final int VERSIONS_KEPT = 2;
  private static final int MAX_NAME = 60;
  private static final int HASH_DIGITS = 16;
  private static final String UNFINISHED = ".part";

  /**
   * @param named path; empty for a folder of this user below the JVM's temporary one
   */
  static CacheFolder of(String named) {
    if (!named.isEmpty()) {
      return new CacheFolder(Path.of(named).toAbsolutePath(), true);
    }
    String user = System.getProperty("user.name").replaceAll("[^\\w.-]", "_");
    return new CacheFolder(
        Path.of(System.getProperty("java.io.tmpdir"), "adept-models-" + user).toAbsolutePath(),
        false);
  }

  /**
   * Makes the folder, if it is not there.
   *
   * @throws AdeptException if it cannot be written to, or belongs to another user
   */
  void create() {
    try {
      if (shared) {
        Files.createDirectories(path);
        return;
      }
      Files.createDirectories(path.getParent());
      try {
        Files.createDirectory(
            path,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      } catch (FileAlreadyExistsException e) {
        requireOwn();
      }
    } catch (IOException e) {
      throw new AdeptException("Models cannot be fetched to " + path + ": " + e + advice(), e);
    }
  }

  /** In a temporary folder that all users write to, a user could plant models for another. */
  private void requireOwn() throws IOException {
    Path mine = Files.createTempFile(path, "owner", UNFINISHED);
    boolean own = Files.getOwner(mine).equals(Files.getOwner(path));
    Files.delete(mine);
    if (!own) {
      throw new AdeptException(
          "Models are not fetched to " + path + ", since it belongs to another user" + advice());
    }
  }

  private static String advice() {
    return ". Name another folder with " + AdeptKey.MODEL_CACHE_DIR.key() + ".";
  }

  /** The entry of one version of a model, which need not be there. */
  CacheEntry entry(RemoteModel model) {
    StringBuilder version = new StringBuilder();
    for (SourceFile file : model.files()) {
      version.append(file.name()).append('\n').append(file.length()).append('\n');
      version.append(file.modified()).append('\n');
    }
    return new CacheEntry(path.resolve(prefix(model) + hash(version.toString())));
  }

  private static String prefix(RemoteModel model) {
    String name = model.name().replaceAll("[^\\w.-]", "_");
    return name.substring(0, Math.min(name.length(), MAX_NAME)) + "-" + hash(model.uri()) + "-";
  }

  /** The file that a JVM locks to fetch any version of this model. */
  Path lockFile(RemoteModel model) {
    return path.resolve(prefix(model) + "lock");
  }

  /** Where an entry grows. */
  static Path unfinished(CacheEntry entry) {
    return entry.path().resolveSibling(entry.path().getFileName() + UNFINISHED);
  }

  /** Removes what killed JVMs have left; to be called under the lock. */
  void removeUnfinished(RemoteModel model) {
    for (Path left : entries(model, true)) {
      LOG.warn("Removing {}, left by a JVM that was killed", left);
      FileUtil.fullyDelete(left.toFile());
    }
  }

  /** Removes all but the versions last used; to be called under the lock. */
  void removeOldVersions(RemoteModel model) {
    List<Path> versions = entries(model, false);
    for (Path old : versions.subList(Math.min(VERSIONS_KEPT, versions.size()), versions.size())) {
      LOG.info("Removing {}, an old version of {}", old, model);
      FileUtil.fullyDelete(old.toFile());
    }
  }

  /** The last used first. */
  private List<Path> entries(RemoteModel model, boolean unfinished) {
    String prefix = prefix(model);
    try (Stream<Path> all = Files.list(path)) {
      return all.filter(Files::isDirectory)
          .filter(entry -> entry.getFileName().toString().startsWith(prefix))
          .filter(entry -> entry.toString().endsWith(UNFINISHED) == unfinished)
          .sorted(Comparator.comparing(CacheFolder::lastUse).reversed())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Long lastUse(Path entry) {
    try {
      return Files.getLastModifiedTime(entry).toMillis();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String hash(String text) {
    return DigestUtils.sha256Hex(text).substring(0, HASH_DIGITS);
  }
}
