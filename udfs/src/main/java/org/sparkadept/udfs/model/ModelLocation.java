package org.sparkadept.udfs.model;

import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.SparkFiles;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.Utils;
import org.sparkadept.decoder.adept.ModelSource;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;

/**
 * The location of a model: a path of this machine, {@code file:/…} included, or a folder on any
 * other Hadoop file system. Made on the driver and sent to executors.
 *
 * <p>A local path is looked for under the same name on every machine. A relative one is that of the
 * driver's working directory; where there is no such directory, or {@code --archives} ships one of
 * that name, it is looked for in each machine's working directory and then among Spark's files. A
 * remote model is fetched once per host. Its location is that of one version: all machines answer
 * with the files that it was made from, byte for byte, or fail.
 */
public final class ModelLocation implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final Pattern URI = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*:/.*");
  private static final String FILE = "file:";

  /** Where archives are named that Spark unpacks for each executor. */
  private static final List<String> ARCHIVES =
      List.of("spark.archives", "spark.yarn.dist.archives");

  private final String written;
  private final String location;
  private final RemoteModel remote;
  private final ModelLocation adapter;

  /**
   * @param remote null where it is on a mounted file system
   * @param adapter null for none
   */
  private ModelLocation(String written, RemoteModel remote, ModelLocation adapter) {
    this.written = written;
    location = resolved(written);
    this.remote = remote;
    this.adapter = adapter;
  }

  /**
   * A model as users name it. A remote one is fetched to this machine, unless it is there.
   *
   * @param location a path, or a URI
   * @param conf names the cache folder, and what its file system is opened with where there is no
   *     Spark session
   * @throws AdeptException if a remote model cannot be listed or fetched
   */
  public static ModelLocation of(String location, AdeptConf conf) {
    if (!isRemote(location)) {
      return new ModelLocation(location, null, null);
    }
    RemoteModel listed =
        RemoteModel.list(
            location,
            conf.get(AdeptKey.MODEL_CACHE_DIR),
            HadoopSettings.here(conf.hadoopEntries()));
    return new ModelLocation(location, ModelCache.of(listed).fetch(), null);
  }

  /**
   * A model and, where one is named, the adapter that is merged into it. Both are located and
   * fetched alike.
   *
   * @throws AdeptException if one is remote and cannot be listed or fetched
   */
  public static ModelLocation of(String location, Optional<String> adapter, AdeptConf conf) {
    ModelLocation model = of(location, conf);
    return adapter
        .map(named -> new ModelLocation(location, model.remote, of(named, conf)))
        .orElse(model);
  }

  /**
   * A model as users name it, under the settings of this thread's Spark session, if it has one.
   *
   * @throws AdeptException if a remote model cannot be listed or fetched
   */
  public static ModelLocation of(String location) {
    return of(location, Optional.empty());
  }

  /**
   * A model and an adapter, if one is named, under the settings of this thread's Spark session.
   *
   * @throws AdeptException if one is remote and cannot be listed or fetched
   */
  public static ModelLocation of(String location, Optional<String> adapter) {
    boolean remote = isRemote(location) || adapter.filter(ModelLocation::isRemote).isPresent();
    boolean inSession = remote && SparkSession.getActiveSession().isDefined();
    AdeptConf conf = inSession ? AdeptConf.of(SparkSession.active()) : AdeptConf.defaults();
    return of(location, adapter, conf);
  }

  /** A directory of this machine, under the same path on every other. */
  public static ModelLocation local(Path directory) {
    return new ModelLocation(directory.toString(), null, null);
  }

  /**
   * A location that means on every machine what it means here.
   *
   * @return the absolute path of a relative one that is a directory here and does not come with the
   *     job; else the location as it is
   */
  public static String resolved(String location) {
    if (isUri(location)) {
      return location;
    }
    Path path = Path.of(location);
    boolean here = !path.isAbsolute() && Files.isDirectory(path) && !isShipped(location);
    return here ? path.toAbsolutePath().toString() : location;
  }

  /** Whether a location is in an archive that comes with the job. */
  public static boolean isShipped(String location) {
    SparkEnv spark = SparkEnv.get();
    return isShipped(location, spark == null ? new SparkConf() : spark.conf());
  }

  /** Whether a location is in an archive that comes with a job of this configuration. */
  public static boolean isShipped(String location, SparkConf spark) {
    if (isUri(location) || Path.of(location).isAbsolute()) {
      return false;
    }
    String unpacked = "#" + Path.of(location).normalize().getName(0);
    return ARCHIVES.stream()
        .flatMap(key -> Stream.of(spark.get(key, "").split(",")))
        .anyMatch(archive -> archive.trim().endsWith(unpacked));
  }

  /** Whether the model comes with the job, in an archive. */
  public boolean isShipped() {
    return isShipped(location);
  }

  /** Whether a location names its file system. */
  public static boolean isUri(String location) {
    return URI.matcher(location).matches();
  }

  /** Whether a location is on a file system that is not mounted. */
  public static boolean isRemote(String location) {
    return isUri(location) && !location.regionMatches(true, 0, FILE, 0, FILE.length());
  }

  /** Whether the model is fetched before it is used, and its adapter, too. */
  public boolean isRemote() {
    return remote != null && (adapter == null || adapter.isRemote());
  }

  /**
   * The model's directory on this machine, which need not be there.
   *
   * @return of a remote model, where {@link #fetched} puts it
   */
  public Path path() {
    if (remote != null) {
      return ModelCache.of(remote).directory();
    }
    Path path =
        isUri(location)
            ? Path.of(new org.apache.hadoop.fs.Path(location).toUri().getPath())
            : Path.of(location);
    if (!path.isAbsolute() && !Files.isDirectory(path) && SparkEnv.get() != null) {
      Path shipped = Path.of(SparkFiles.getRootDirectory()).resolve(path);
      return Files.isDirectory(shipped) ? shipped : path;
    }
    return path;
  }

  /** What the model is read from on this machine; need not be there, see {@link #path}. */
  public ModelSource source() {
    return new ModelSource(path(), Optional.ofNullable(adapter).map(ModelLocation::path));
  }

  /**
   * What the model is read from, as the driver sees it.
   *
   * @return nothing where it is not there: executors on other machines may see it
   * @throws AdeptException if it is not there, and this JVM is the one that runs the tasks
   */
  public Optional<ModelSource> seen() {
    boolean all = seenDirectory().isPresent();
    if (adapter != null) {
      all &= adapter.seenDirectory().isPresent();
    }
    return all ? Optional.of(source()) : Optional.empty();
  }

  private Optional<Path> seenDirectory() {
    Path path = path();
    if (Files.isDirectory(path)) {
      return Optional.of(path);
    }
    return remote == null && isLocalMaster() ? Optional.of(realPath()) : Optional.empty();
  }

  private static boolean isLocalMaster() {
    SparkEnv spark = SparkEnv.get();
    return spark != null && Utils.isLocalMaster(spark.conf());
  }

  /**
   * The model's directory on this machine, as it is.
   *
   * @return the real path of a local directory; of a remote model where it will be fetched to
   * @throws AdeptException if a local directory is not there
   */
  public Path realPath() {
    Path path = path();
    if (remote != null) {
      return path;
    }
    if (!Files.isDirectory(path)) {
      throw new AdeptException(
          String.format(
              "Directory %s does not exist on %s. Every machine that runs a task needs "
                  + "it: copy it to the same path everywhere, put it on a file system that all "
                  + "machines mount or reach (hdfs://, s3a://), or ship it with the job "
                  + "(--archives model.tgz#model, and model as its path).",
              path.toAbsolutePath(), Utils.localHostName()));
    }
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw new AdeptException("Model directory " + path + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * The model's directory, fetched where it is remote and not there yet, and checked once per JVM.
   *
   * @throws AdeptException if it is not there and cannot be fetched
   */
  public Path fetched() {
    if (remote != null) {
      ModelCache.of(remote).fetch();
    }
    return realPath();
  }

  /**
   * What the model is read from: its directory and that of its adapter, each as {@link #fetched}.
   *
   * @throws AdeptException if one is not there and cannot be fetched
   */
  public ModelSource fetchedSource() {
    return new ModelSource(fetched(), Optional.ofNullable(adapter).map(ModelLocation::fetched));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ModelLocation model
        && location.equals(model.location)
        && Objects.equals(adapter, model.adapter)
        && Objects.equals(remote, model.remote);
  }

  @Override
  public int hashCode() {
    return location.hashCode();
  }

  /** As its user wrote it. */
  @Override
  public String toString() {
    return adapter == null ? written : written + " with adapter " + adapter;
  }
}
