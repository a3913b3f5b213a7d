package org.sparkadept.udfs.ipc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/** What is known of Arrow files before they are read. */
public final class ArrowFiles {
  private ArrowFiles() {}

  /**
   * Into how many parts files can be divided, as far as it matters: a file into its record batches,
   * a stream not at all. Many programs write a table as one batch.
   *
   * @param files URIs, as {@code Dataset.inputFiles()} gives them
   * @param enough stops to count there
   * @throws org.sparkadept.decoder.error.AdeptException if a file is no Arrow file, or a damaged
   *     one
   */
  public static int parts(String[] files, int enough, Configuration configuration) {
    int parts = files.length;
    for (int i = 0; i < files.length && parts < enough; i++) {
      Path path = new Path(URI.create(files[i]));
      try {
        long length = path.getFileSystem(configuration).getFileStatus(path).getLen();
        try (IpcFile file = IpcFile.open(path, length, configuration)) {
          parts += Math.max(0, file.divisions() - 1);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("The Arrow file " + path + " cannot be read", e);
      }
    }
    return parts;
  }
}
