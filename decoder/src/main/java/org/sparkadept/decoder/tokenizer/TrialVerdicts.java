package org.sparkadept.decoder.tokenizer;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import org.sparkadept.decoder.format.FileHash;

/**
 * What came of trials, in a folder of this user beside that of fetched models: one file for each
 * tokenizer, named by the SHA-256 of its content and of the library's version.
 *
 * @param folder empty where there is none that is this user's alone; then nothing is kept
 */
record TrialVerdicts(Optional<Path> folder) {
  /** The verdict on a tokenizer that did no harm. */
  static final String GOOD = "good";

  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  /** Opens the folder below the JVM's temporary one, and makes it if it is not there. */
  static TrialVerdicts open() {
    String user = System.getProperty("user.name").replaceAll("[^\\w.-]", "_");
    Path folder = Path.of(System.getProperty("java.io.tmpdir"), "adept-tokenizers-" + user);
    try {
      try {
        Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
      } catch (FileAlreadyExistsException e) {
        if (!isOwn(folder)) {
          return new TrialVerdicts(Optional.empty());
        }
      }
      return new TrialVerdicts(Optional.of(folder));
    } catch (IOException e) {
      return new TrialVerdicts(Optional.empty());
    }
  }

  private static boolean isOwn(Path folder) throws IOException {
    PosixFileAttributes found =
        Files.readAttributes(folder, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    if (!found.isDirectory() || !found.permissions().equals(OWNER_ONLY)) {
      return false;
    }
    Path mine = Files.createTempFile(folder, "owner", ".part");
    try {
      return Files.getOwner(mine).equals(found.owner());
    } finally {
      Files.delete(mine);
    }
  }

  /** What is kept of a tokenizer's trial. */
  Optional<String> of(String json) {
    try {
      return folder.isEmpty() ? Optional.empty() : Optional.of(Files.readString(file(json)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Keeps a verdict, if it can be written. */
  void keep(String json, String verdict) {
    if (folder.isEmpty()) {
      return;
    }
    try {
      Path part = Files.createTempFile(folder.get(), "verdict", ".part");
      Files.writeString(part, verdict);
      Files.move(part, file(json), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      // The next load tries the tokenizer again.
    }
  }

  private Path file(String json) throws IOException {
    MessageDigest digest = FileHash.sha256();
    digest.update(json.getBytes(StandardCharsets.UTF_8));
    String version = "native/lib/tokenizers.properties";
    try (InputStream in = LibUtils.class.getClassLoader().getResourceAsStream(version)) {
      digest.update(in == null ? new byte[0] : in.readAllBytes());
    }
    return folder.orElseThrow().resolve(HexFormat.of().formatHex(digest.digest()));
  }
}
