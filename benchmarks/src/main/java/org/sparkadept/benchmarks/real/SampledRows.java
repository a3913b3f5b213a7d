package org.sparkadept.benchmarks.real;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.sparkadept.benchmarks.measure.LabelledTexts;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.format.FileHash;
import org.sparkadept.pipeline.output.PartFile;

/**
 * The rows that everything is measured on: the files' rows with a text and a label or, where there
 * are more than wanted, those whose texts have the least SHA-256. So they are the same in every run
 * and do not depend on their order. They are written as JSON lines, for the commands.
 *
 * @param trainFile where the train rows are
 * @param testFile where the test rows are
 * @param train the train rows
 * @param test the test rows
 * @param labels of the train rows, in alphabetic order
 * @param hash of both files
 */
record SampledRows(
    Path trainFile,
    Path testFile,
    LabelledTexts train,
    LabelledTexts test,
    List<String> labels,
    String hash) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads and samples a data set.
   *
   * @param data folder with {@code train.jsonl.gz} and {@code test.jsonl.gz}
   * @param folder where the rows are written, absolute
   * @throws AdeptException if a file is absent or cannot be used, or there are not two labels
   */
  static SampledRows of(Path data, Path folder, DataSetSettings settings) throws IOException {
    LabelledTexts train = sample(data.resolve("train.jsonl.gz"), settings.trainRows());
    LabelledTexts test = sample(data.resolve("test.jsonl.gz"), settings.testRows());
    List<String> labels = List.copyOf(new TreeSet<>(Arrays.asList(train.labels())));
    if (labels.size() < 2) {
      throw new AdeptException(
          "All train rows of " + data + " have the label '" + labels.get(0) + "'; use more rows.");
    }
    Path trainFile = folder.resolve("train.jsonl");
    Path testFile = folder.resolve("test.jsonl");
    write(trainFile, train);
    write(testFile, test);
    String hash = FileHash.of(trainFile) + " " + FileHash.of(testFile);
    return new SampledRows(trainFile, testFile, train, test, labels, hash);
  }

  private static LabelledTexts sample(Path file, int limit) throws IOException {
    if (!Files.exists(file)) {
      throw new AdeptException(
          "There is no " + file + "; --data holds a folder for each data set, with this file.");
    }
    LabelledTexts all = LabelledTexts.read(file, "text", "label", Integer.MAX_VALUE);
    int[] usable =
        IntStream.range(0, all.texts().length)
            .filter(row -> all.labels()[row] != null && !all.labels()[row].isBlank())
            .filter(row -> !new String(all.texts()[row], StandardCharsets.UTF_8).isBlank())
            .toArray();
    if (usable.length == 0) {
      throw new AdeptException(file + " has no row with a text and a label.");
    }
    int[] rows =
        Arrays.stream(usable)
            .boxed()
            .sorted(Comparator.comparingLong(row -> hash(all.texts()[row])))
            .limit(limit)
            .mapToInt(row -> row)
            .sorted()
            .toArray();
    return new LabelledTexts(
        Arrays.stream(rows).mapToObj(row -> all.texts()[row]).toArray(byte[][]::new),
        Arrays.stream(rows).mapToObj(row -> all.labels()[row]).toArray(String[]::new));
  }

  /** The first eight bytes of the SHA-256. */
  private static long hash(byte[] text) {
    return ByteBuffer.wrap(FileHash.sha256().digest(text)).getLong();
  }

  /** Leaves a file as it is that has these rows already. */
  private static void write(Path file, LabelledTexts rows) throws IOException {
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < rows.texts().length; row++) {
      ObjectNode line = JSON.createObjectNode();
      line.put("text", new String(rows.texts()[row], StandardCharsets.UTF_8));
      lines.add(JSON.writeValueAsString(line.put("label", rows.labels()[row])));
    }
    byte[] content = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
    if (Files.exists(file) && Arrays.equals(Files.readAllBytes(file), content)) {
      return;
    }
    try (PartFile part = new PartFile("rows", file)) {
      part.write(content);
      part.putInPlace();
    }
  }

  /** Index of each label of some rows; -1 where the train rows do not have it. */
  int[] truths(LabelledTexts rows) {
    return Arrays.stream(rows.labels()).mapToInt(labels::indexOf).toArray();
  }
}
