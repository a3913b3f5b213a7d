package org.sparkadept.udfs.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.util.Utils;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.model.RemoteModel.SourceFile;

/** One fetch of a model, into an entry that is there whole or not at all. */
final class ModelFetch {
  private static final int BUFFER_BYTES = 1 << 20;

  private final RemoteModel model;
  private final CacheEntry entry;
  private long written;

  private ModelFetch(RemoteModel model, CacheEntry entry) {
    this.model = model;
    this.entry = entry;
  }

  /**
   * Fetches; to be called under the lock.
   *
   * @return the files with their hashes
   * @throws AdeptException if a file cannot be read or written, or is not what was listed
   */
  static List<SourceFile> into(CacheEntry entry, RemoteModel model) {
    Path unfinished = CacheFolder.unfinished(entry);
    ModelFetch fetch = new ModelFetch(model, entry);
    try {
      CacheEntry growing = new CacheEntry(unfinished);
      List<SourceFile> files = fetch.into(growing.directory());
      growing.write(files);
      Files.move(unfinished, entry.path(), StandardCopyOption.ATOMIC_MOVE);
      return files;
    } catch (IOException e) {
      throw fetch.failure(e);
    } finally {
      FileUtil.fullyDelete(unfinished.toFile());
    }
  }

  private List<SourceFile> into(Path directory) throws IOException {
    requireRoom(null);
    Files.createDirectories(directory);
    List<SourceFile> files = new ArrayList<>();
    try (FileSystem system =
        RemoteModel.open(model.uri(), HadoopSettings.received(model.settings()))) {
      for (SourceFile file : model.files()) {
        files.add(fetch(system, file, directory.resolve(file.name())));
      }
    }
    return files;
  }

  private SourceFile fetch(FileSystem system, SourceFile file, Path target) throws IOException {
    org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(model.uri(), file.name());
    MessageDigest digest = DigestUtils.getSha256Digest();
    long length = 0;
    try (InputStream in = system.open(source);
        OutputStream out = Files.newOutputStream(target)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        digest.update(buffer, 0, read);
        length += read;
        written += read;
      }
    }
    FileStatus status = system.getFileStatus(source);
    SourceFile fetched = file.withHash(HexFormat.of().formatHex(digest.digest()));
    if (length != file.length()
        || status.getLen() != file.length()
        || status.getModificationTime() != file.modified()
        || (file.sha256() != null && !file.sha256().equals(fetched.sha256()))) {
      throw new AdeptException(
          String.format(
              "%s was changed after the query that needs it was planned; what %s reads is "
                  + "not what the driver read. Run the query again.",
              source, Utils.localHostName()));
    }
    return fetched;
  }

  private AdeptException failure(IOException cause) {
    requireRoom(cause);
    return new AdeptException(
        String.format(
            "The model %s could not be fetched to %s on %s: %s",
            model, entry.path().getParent(), Utils.localHostName(), cause),
        cause);
  }

  /**
   * @throws AdeptException if the disk has no room for the rest of the model
   */
  private void requireRoom(IOException cause) {
    Path folder = entry.path().getParent();
    long free = folder.toFile().getUsableSpace();
    if (free < model.bytes() - written) {
      throw new AdeptException(
          String.format(
              "There is no room for the model %s in %s on %s: it needs %s bytes, and %s are "
                  + "free. Make room, or name another folder with %s.",
              model,
              folder,
              Utils.localHostName(),
              model.bytes(),
              free + written,
              AdeptKey.MODEL_CACHE_DIR.key()),
          cause);
    }
  }
}
