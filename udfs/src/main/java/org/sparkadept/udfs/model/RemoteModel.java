package org.sparkadept.udfs.model;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkadept.decoder.adept.ModelFiles;
import org.sparkadept.decoder.error.AdeptException;

/**
 * One version of a model on a remote file system.
 *
 * @param uri its folder
 * @param cacheFolder where each host keeps what it fetches; empty for the default
 * @param settings of Hadoop, for its file system; may hold credentials
 * @param files what it consists of, by name
 */
record RemoteModel(
    String uri, String cacheFolder, HashMap<String, String> settings, ArrayList<SourceFile> files)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * A file of the model.
   *
   * @param name within the model's folder
   * @param length in bytes
   * @param modified time of its last change, in milliseconds since 1970
   * @param sha256 hash of its content, in hexadecimal digits; null if it has not been read yet
   */
  record SourceFile(String name, long length, long modified, String sha256)
      implements Serializable {
    private static final long serialVersionUID = 1L;

    SourceFile withHash(String value) {
      return new SourceFile(name, length, modified, value);
    }
  }

  /**
   * Lists the folder.
   *
   * @throws AdeptException if it cannot be listed, or holds no model
   */
  static RemoteModel list(String location, String cacheFolder, Configuration configuration) {
    try (FileSystem system = open(location, configuration)) {
      Path folder = system.makeQualified(new Path(location));
      ArrayList<SourceFile> files = new ArrayList<>();
      for (FileStatus status : system.listStatus(folder)) {
        String name = status.getPath().getName();
        if (status.isFile() && ModelFiles.isModelFile(name)) {
          files.add(new SourceFile(name, status.getLen(), status.getModificationTime(), null));
        }
      }
      if (files.isEmpty()) {
        throw new AdeptException(
            location
                + " is not a model directory: it contains no .json, .safetensors or .gguf"
                + " file. Give the folder with config.json or the .gguf file.");
      }
      files.sort(Comparator.comparing(SourceFile::name));
      return new RemoteModel(
          folder.toString(), cacheFolder, HadoopSettings.toSend(configuration), files);
    } catch (FileNotFoundException e) {
      throw new AdeptException(
          "The model " + location + " does not exist; check the path. (" + e.getMessage() + ")", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new AdeptException(
          String.format(
              "The model %s cannot be listed: %s. Check the path, and what its file system "
                  + "needs: its library on the class path, and its settings (spark.hadoop.…).",
              location, e),
          e);
    }
  }

  /**
   * A file system of our own: one from Hadoop's cache would have the settings of its first user.
   */
  static FileSystem open(String location, Configuration configuration) throws IOException {
    return FileSystem.newInstance(new Path(location).toUri(), configuration);
  }

  /** Last part of its path. */
  String name() {
    return new Path(uri).getName();
  }

  long bytes() {
    return files.stream().mapToLong(SourceFile::length).sum();
  }

  /** Whether files have the hashes that are known of this model's. */
  boolean agrees(List<SourceFile> found) {
    for (int i = 0; i < files.size(); i++) {
      String known = files.get(i).sha256();
      if (known != null && !known.equals(found.get(i).sha256())) {
        return false;
      }
    }
    return true;
  }

  /** The same with hashes. */
  RemoteModel withFiles(List<SourceFile> value) {
    return new RemoteModel(uri, cacheFolder, settings, new ArrayList<>(value));
  }

  /** Without the settings, which may be secret. */
  @Override
  public String toString() {
    return uri;
  }
}
