package org.sparkadept.decoder.format.gguf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sparkadept.decoder.error.CheckpointException;

/** Which files of a directory make its model: one, or shards {@code NAME-00001-of-00003.gguf}. */
final class GgufFiles {
  private static final String EXTENSION = ".gguf";
  private static final Pattern SHARD = Pattern.compile("(.+)-([0-9]{5})-of-([0-9]{5})\\.gguf");
  private static final int SHOWN = 5;

  private GgufFiles() {}

  /** All GGUF files of a directory, by name. */
  static List<Path> all(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(
              file -> {
                String name = file.getFileName().toString();
                return name.endsWith(EXTENSION) && !name.startsWith(".");
              })
          .sorted()
          .toList();
    } catch (IOException e) {
      throw CheckpointException.unreadable(directory, e);
    }
  }

  /**
   * The files of the one model of a directory, shards in their order.
   *
   * @throws CheckpointException if there is none, more than one, or a shard is missing
   */
  static List<Path> ofModel(Path directory) {
    List<Path> files = all(directory);
    if (files.isEmpty()) {
      throw new CheckpointException(
          directory + " has no " + EXTENSION + " file; check that it is a model directory.");
    }
    Matcher first = shard(files.get(0));
    if (!first.matches()) {
      if (files.size() > 1) {
        throw several(directory, files);
      }
      return files;
    }
    TreeMap<Integer, Path> shards = new TreeMap<>();
    for (Path file : files) {
      Matcher shard = shard(file);
      if (!shard.matches()
          || !shard.group(1).equals(first.group(1))
          || !shard.group(3).equals(first.group(3))) {
        throw several(directory, files);
      }
      shards.put(Integer.valueOf(shard.group(2)), file);
    }
    int count = Integer.parseInt(first.group(3));
    for (int i = 1; i <= count; i++) {
      if (!shards.containsKey(i)) {
        String name = String.format("%s-%05d-of-%05d%s", first.group(1), i, count, EXTENSION);
        throw new CheckpointException(
            directory.resolve(name)
                + " is not there, but other shards of the model are; download the missing shard.");
      }
    }
    if (shards.size() != count) {
      throw several(directory, files);
    }
    return new ArrayList<>(shards.values());
  }

  private static Matcher shard(Path file) {
    return SHARD.matcher(file.getFileName().toString());
  }

  private static CheckpointException several(Path directory, List<Path> files) {
    List<String> names = new ArrayList<>();
    for (Path file : files.subList(0, Math.min(SHOWN, files.size()))) {
      names.add(file.getFileName().toString());
    }
    String more = files.size() > SHOWN ? " and " + (files.size() - SHOWN) + " more" : "";
    return new CheckpointException(
        String.format(
            "%s has several GGUF files that are not shards of one model (%s%s); leave one model in a"
                + " directory.",
            directory, String.join(", ", names), more));
  }
}
