package org.sparkadept.udfs.model;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;

/**
 * The local disk under the scheme {@code counted}, for whoever has the key: writes down each file
 * that is opened, breaks off where it is told to, and may say that files are larger than they are.
 */
public final class CountingFileSystem extends RawLocalFileSystem {
  /** Settings of Hadoop that make the scheme known. */
  public static final String IMPLEMENTATION = "fs.counted.impl";

  /** A file that the name of each opened file is appended to. */
  public static final String LOG = "fs.counted.log";

  /** Without the right value nothing can be read. */
  public static final String KEY = "fs.counted.key";

  public static final String RIGHT_KEY = "open sesame";

  /** Name of a file that cannot be read. */
  public static final String BROKEN = "fs.counted.broken";

  /** Bytes that each file seems to have beyond those it has. */
  public static final String EXTRA_LENGTH = "fs.counted.extra";

  private static final URI ROOT = URI.create("counted:///");

  @Override
  public URI getUri() {
    return ROOT;
  }

  @Override
  public void initialize(URI uri, Configuration configuration) throws IOException {
    super.initialize(ROOT, configuration);
    if (!RIGHT_KEY.equals(configuration.get(KEY))) {
      throw new IOException("the key is wrong");
    }
  }

  @Override
  public FSDataInputStream open(Path path, int bufferSize) throws IOException {
    Files.writeString(
        java.nio.file.Path.of(getConf().get(LOG)),
        path.getName() + "\n",
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
    if (path.getName().equals(getConf().get(BROKEN))) {
      throw new IOException("the network is down");
    }
    return super.open(path, bufferSize);
  }

  @Override
  public FileStatus[] listStatus(Path path) throws IOException {
    FileStatus[] files = super.listStatus(path);
    for (int i = 0; i < files.length; i++) {
      FileStatus file = files[i];
      files[i] =
          new FileStatus(
              file.getLen() + getConf().getLong(EXTRA_LENGTH, 0),
              file.isDirectory(),
              1,
              file.getBlockSize(),
              file.getModificationTime(),
              file.getPath());
    }
    return files;
  }
}
