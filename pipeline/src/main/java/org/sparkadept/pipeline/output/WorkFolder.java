package org.sparkadept.pipeline.output;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hidden folder {@code .<name>.<job>} beside a model directory that a long job makes: it keeps
 * the results of finished passes until the job ends well, so that the next run of the same job goes
 * on from there. One run has it at a time.
 */
public final class WorkFolder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WorkFolder.class);
  private static final String KEY_FILE = "job";

  /** Spark writes it when a data set is whole. */
  private static final String FINISHED = "_SUCCESS";

  private final Path folder;
  private final FolderLease lease;
  private Set<String> preliminary;
  private boolean done;
  private boolean keeps;

  private WorkFolder(Path folder, FolderLease lease, Set<String> preliminary) {
    this.folder = folder;
    this.lease = lease;
    this.preliminary = preliminary;
  }

  /**
   * Opens the folder of an output, which may hold what an earlier run has finished.
   *
   * @param output the model directory that is made
   * @param job what the run does: fit, tune
   * @param preliminary what every run makes anew, and is no finished pass
   * @throws OutputException if another run has it, or it cannot be written
   */
  public static WorkFolder open(
      Path output, String job, Set<String> preliminary, Configuration configuration) {
    Path target = output.toAbsolutePath().normalize();
    Path folder = of(target, job);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw OutputException.cannotWrite(folder, e);
    }
    FolderLease lease =
        FolderLease.acquire(
            "The model " + target + " is being made; its folder " + folder,
            new org.apache.hadoop.fs.Path(folder.toUri()),
            job + "-" + UUID.randomUUID(),
            configuration);
    return new WorkFolder(folder, lease, preliminary);
  }

  /** The folder of an output. */
  public static Path of(Path output, String job) {
    return output.resolveSibling("." + output.getFileName() + "." + job);
  }

  /**
   * Begins a job: what is there of another one is removed.
   *
   * @param key tells jobs apart: settings, model and rows
   * @return whether an earlier run of this job has finished a pass
   */
  public boolean begin(String key) {
    Path file = folder.resolve(KEY_FILE);
    try {
      boolean same = Files.exists(file) && Files.readString(file).equals(key);
      if (!same) {
        clear();
        Files.writeString(file, key, StandardCharsets.UTF_8);
      }
      return same && !finished().isEmpty();
    } catch (IOException e) {
      throw OutputException.cannotWrite(folder, e);
    }
  }

  private void clear() throws IOException {
    for (Path entry : entries()) {
      if (preliminary.contains(entry.getFileName().toString())) {
        continue;
      }
      FileUtil.fullyDelete(entry.toFile());
    }
  }

  /** All but the lease. */
  private List<Path> entries() throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().equals(FolderLease.CLAIMS))
          .toList();
    }
  }

  private List<Path> finished() throws IOException {
    return entries().stream()
        .filter(entry -> Files.exists(entry.resolve(FINISHED)))
        .filter(entry -> !preliminary.contains(entry.getFileName().toString()))
        .toList();
  }

  /** Whether a data set is there and whole. */
  public boolean has(String name) {
    return Files.exists(folder.resolve(name).resolve(FINISHED));
  }

  /** Where a data set is, or is to be. */
  public Path path(String name) {
    return folder.resolve(name);
  }

  /** Notes that the job has ended well: nothing needs to be kept. */
  public void done() {
    done = true;
    keeps = false;
  }

  /** Keeps what is there for the next run, though no pass has finished. */
  public void keep() {
    keeps = true;
  }

  /** What is kept for the next run, for a message; nothing where nothing is. */
  public List<String> kept() {
    try {
      return done
          ? List.of()
          : finished().stream().map(entry -> entry.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      LOG.warn("{} cannot be listed: {}", folder, e.toString());
      return List.of();
    }
  }

  /** The folder. */
  public Path folder() {
    return folder;
  }

  /** Removes the folder, unless it keeps something for the next run. */
  @Override
  public void close() {
    boolean left = keeps || !kept().isEmpty();
    try {
      if (!left) {
        preliminary = Set.of();
        clear();
      }
    } catch (IOException e) {
      LOG.warn("{} could not be cleared: {}", folder, e.toString());
    }
    lease.close();
    if (!left) {
      try {
        Files.deleteIfExists(folder);
      } catch (IOException e) {
        LOG.debug("{} has claims of other runs", folder, e);
      }
    }
  }
}
