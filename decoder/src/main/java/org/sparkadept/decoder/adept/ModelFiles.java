package org.sparkadept.decoder.adept;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.sparkadept.decoder.adapter.PeftAdapter;
import org.sparkadept.decoder.error.CheckpointException;
import org.sparkadept.decoder.error.RegularFile;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.FileHash;

/**
 * Which files of a directory make a model: all JSON, safetensors and GGUF files, shards and their
 * index included, may be part of one, and are fetched; those that answers depend on are its
 * identity. Which of them the weights are read from, the checkpoint's format says.
 */
public final class ModelFiles {
  private ModelFiles() {}

  /** Whether a file of this name in a model's folder is part of the model. */
  public static boolean isModelFile(String name) {
    return !name.startsWith(".")
        && (name.endsWith(".json") || name.endsWith(".safetensors") || name.endsWith(".gguf"));
  }

  /**
   * The files of a model, by name.
   *
   * @throws CheckpointException if the directory cannot be read
   */
  public static List<Path> of(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .filter(file -> isModelFile(file.getFileName().toString()) && Files.isRegularFile(file))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw CheckpointException.unreadable(directory, e);
    }
  }

  /**
   * Tells versions of a model apart without reading its files: by their identity, size and time of
   * change.
   *
   * @return a text that is another one for other files; empty where there is no such directory
   */
  public static String version(ModelSource model) {
    if (!Files.isDirectory(model.directory())) {
      return "";
    }
    List<Path> files = new ArrayList<>(of(model.directory()));
    model.adapter().ifPresent(adapter -> files.addAll(PeftAdapter.files(adapter)));
    StringBuilder version = new StringBuilder();
    for (Path file : files) {
      try {
        BasicFileAttributes facts = Files.readAttributes(file, BasicFileAttributes.class);
        version.append(file.getFileName()).append(':').append(facts.fileKey()).append(':');
        version.append(facts.size()).append(':').append(facts.lastModifiedTime()).append(' ');
      } catch (IOException e) {
        version.append(file.getFileName()).append(":unreadable ");
      }
    }
    return version.toString();
  }

  /**
   * SHA-256 over the names and contents of the files that a model's answers depend on, in
   * hexadecimal digits; reads them all. What else lies beside them does not count.
   *
   * @throws CheckpointException if the model cannot be opened or a file cannot be read
   */
  public static String hash(ModelSource model) {
    MessageDigest digest = FileHash.sha256();
    for (Path file : ofAnswers(model)) {
      RegularFile.require(file);
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        String head = file.getFileName() + "\n" + Files.size(file) + "\n";
        digest.update(head.getBytes(StandardCharsets.UTF_8));
        in.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        throw CheckpointException.unreadable(file, e);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** In an order that does not depend on where they lie. */
  private static List<Path> ofAnswers(ModelSource model) {
    List<Path> files = new ArrayList<>();
    try (Checkpoint checkpoint = ModelSource.of(model.directory()).open()) {
      files.addAll(checkpoint.files());
    }
    files.add(model.directory().resolve(AdeptFormat.JSON_FILE));
    files.add(model.directory().resolve(AdeptFormat.TENSOR_FILE));
    files.removeIf(file -> !Files.exists(file));
    files.sort(Comparator.comparing(Path::getFileName));
    model.adapter().ifPresent(adapter -> files.addAll(PeftAdapter.files(adapter)));
    return files;
  }
}
