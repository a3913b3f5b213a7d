package org.sparkadept.training.tune;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.format.FileHash;
import org.sparkadept.training.model.TrainingRow;

/** What makes a run the same one: settings, labels, rows and backbone, all of their contents. */
final class RunIdentity {
  private final MessageDigest digest = FileHash.sha256();

  private RunIdentity() {}

  /**
   * Hashes everything that the weights of a run depend on.
   *
   * @return 64 hexadecimal digits
   */
  static String of(
      Checkpoint backbone,
      List<TrainingRow> train,
      List<TrainingRow> validation,
      List<String> labels,
      TuneSettings settings) {
    RunIdentity identity = new RunIdentity();
    identity.add(settings.exits() + "\n" + settings.loss() + "\n" + settings.optimization());
    identity.add(settings.precision() + "\n" + settings.patience());
    labels.forEach(identity::add);
    identity.add(train);
    identity.add(validation);
    for (Path file : backbone.files()) {
      identity.add(FileHash.of(file));
    }
    return HexFormat.of().formatHex(identity.digest.digest());
  }

  private void add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }

  private void add(List<TrainingRow> rows) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(rows.size()).array());
    for (TrainingRow row : rows) {
      int taught = row.teacher() == null ? 0 : row.teacher().length;
      int numbers = row.tokens().length + row.labels().size() + taught + 3;
      ByteBuffer bytes = ByteBuffer.allocate(numbers * Integer.BYTES);
      bytes.putInt(row.tokens().length).putInt(row.labels().size()).putInt(taught);
      for (int label : row.labels().indices()) {
        bytes.putInt(label);
      }
      for (int token : row.tokens()) {
        bytes.putInt(token);
      }
      for (int label = 0; label < taught; label++) {
        bytes.putFloat(row.teacher()[label]);
      }
      digest.update(bytes.array());
    }
  }
}
