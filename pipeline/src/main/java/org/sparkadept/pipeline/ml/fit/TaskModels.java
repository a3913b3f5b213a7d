package org.sparkadept.pipeline.ml.fit;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;
import org.sparkadept.decoder.Decoder;
import org.sparkadept.decoder.DecoderOptions;
import org.sparkadept.decoder.fit.FitModel;
import org.sparkadept.udfs.classify.DecoderLease;
import org.sparkadept.udfs.classify.SharedDecoders;

/** Models for the task that runs; let go when it ends. */
final class TaskModels {
  private TaskModels() {}

  static Decoder decoder(String model, DecoderOptions options) {
    DecoderLease lease = SharedDecoders.acquire(model, options);
    Batches.closeWithTask(lease::close);
    return lease.decoder();
  }

  static FitModel fitModel(String model) {
    FitModel opened = FitModel.open(Path.of(model));
    Batches.closeWithTask(opened::close);
    return opened;
  }

  /** The text column of rows, as UTF-8. */
  static byte[][] texts(List<Row> rows) {
    byte[][] texts = new byte[rows.size()][];
    for (int i = 0; i < texts.length; i++) {
      String text = rows.get(i).getAs(DividedRows.TEXT);
      texts[i] = text.getBytes(StandardCharsets.UTF_8);
    }
    return texts;
  }
}
