package org.sparkadept.pipeline.tune;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.decoder.format.Checkpoint;
import org.sparkadept.decoder.prompt.LongRows;
import org.sparkadept.decoder.prompt.Prompt;
import org.sparkadept.decoder.prompt.RowTokenizer;
import org.sparkadept.decoder.result.LabelSet;
import org.sparkadept.decoder.tokenizer.TextTokenizer;
import org.sparkadept.decoder.tokenizer.TokenizedText;
import org.sparkadept.pipeline.ml.fit.SplitCounts;
import org.sparkadept.pipeline.ml.fit.SplitRows;
import org.sparkadept.pipeline.ml.fit.TaskModel;
import org.sparkadept.pipeline.progress.RowCounter;
import org.sparkadept.pipeline.table.Batches;
import org.sparkadept.pipeline.table.LabelIndex;
import org.sparkadept.training.model.TrainingRow;

/**
 * The rows that a backbone is tuned on, in the driver's memory: token ids and labels, 4 bytes a
 * token. They are tokenized, and taught, in Spark's tasks.
 *
 * @param train rows of the train split
 * @param validation rows of the validation split
 * @param skipped rows of both that cannot be tokenized
 */
record TuneRows(List<TrainingRow> train, List<TrainingRow> validation, long skipped) {
  private static final String TOKENS = "tokens";
  private static final String TEACHER = "teacher";

  /** What a row takes of the heap beside its numbers: two arrays and two objects. */
  private static final long ROW_BYTES = 120;

  /** The part of the heap that rows may take; the rest is Spark's. */
  private static final double HEAP_SHARE = 0.5;

  private static final int TEACHER_ROWS = 256;

  /**
   * Tokenizes and collects.
   *
   * @param rows of {@link SplitRows}
   * @param expected how many of them are of the two splits
   * @param model its directory, under the same path on every machine
   * @param prompt what rows are written in; null where a row is its text
   * @param maxTokens most tokens of a row; longer ones are cut, but keep the class token
   * @param vocabulary number of token ids that the model has
   * @param labels label names in the model's order
   * @param teacher whose answers are collected, too; null for none
   * @throws AdeptException if the driver's heap cannot hold the rows, or none is left
   */
  static TuneRows collect(
      Dataset<Row> rows,
      long expected,
      String model,
      Prompt prompt,
      int maxTokens,
      int vocabulary,
      List<String> labels,
      Teacher teacher,
      RowCounter counter) {
    LabelIndex index = new LabelIndex(labels);
    MapPartitionsFunction<Row, Row> encoding =
        source -> encoded(source, model, prompt, maxTokens, vocabulary, index, teacher, counter);
    StructType schema =
        new StructType()
            .add(SplitRows.SPLIT, DataTypes.StringType)
            .add(SplitRows.LABEL, DataTypes.BinaryType)
            .add(TOKENS, DataTypes.BinaryType)
            .add(TEACHER, DataTypes.BinaryType);
    Dataset<Row> encoded =
        rows.filter(col(SplitRows.SPLIT).notEqual(SplitCounts.CALIBRATION))
            .mapPartitions(encoding, Encoders.row(schema))
            .persist(StorageLevel.DISK_ONLY());
    try {
      long kept = requireRoom(encoded);
      List<TrainingRow> train = new ArrayList<>();
      List<TrainingRow> validation = new ArrayList<>();
      Iterator<Row> all = encoded.toLocalIterator();
      while (all.hasNext()) {
        Row row = all.next();
        boolean trains = row.getString(0).equals(SplitCounts.TRAIN);
        (trains ? train : validation).add(decoded(row));
      }
      if (train.isEmpty() || validation.isEmpty()) {
        throw new AdeptException(
            "No row of the train split, or none of the validation split, can be tokenized.");
      }
      // Whatever the partitions, so that a run that is continued has the same rows.
      Comparator<TrainingRow> order =
          Comparator.<TrainingRow, int[]>comparing(TrainingRow::tokens, Arrays::compare)
              .thenComparing(row -> row.labels().indices(), Arrays::compare);
      train.sort(order);
      validation.sort(order);
      return new TuneRows(train, validation, expected - kept);
    } finally {
      encoded.unpersist();
    }
  }

  private static long requireRoom(Dataset<Row> encoded) {
    Row sums =
        encoded.agg(count(lit(1)), sum(length(col(TOKENS))), sum(length(col(TEACHER)))).head();
    long bytes = sums.getLong(0) * ROW_BYTES;
    bytes += sums.isNullAt(1) ? 0 : sums.getLong(1);
    bytes += sums.isNullAt(2) ? 0 : sums.getLong(2);
    long heap = Runtime.getRuntime().maxMemory();
    if (bytes > HEAP_SHARE * heap) {
      throw new AdeptException(
          String.format(
              "%,d train and validation rows take %d MiB of the driver's heap, which has %d MiB and"
                  + " needs half of it for Spark. Give it more (spark-submit --driver-memory, or"
                  + " ADEPT_DRIVER_MEMORY with bin/adept), cut the texts (--max-tokens), or take"
                  + " a sample of the rows.",
              sums.getLong(0), bytes >> 20, heap >> 20));
    }
    return sums.getLong(0);
  }

  private static Iterator<Row> encoded(
      Iterator<Row> source,
      String model,
      Prompt prompt,
      int maxTokens,
      int vocabulary,
      LabelIndex labels,
      Teacher teacher,
      RowCounter counter) {
    TextTokenizer tokenizer = tokenizer(Path.of(model));
    TaskModel.closeWithTask(tokenizer::close);
    RowTokenizer rows = new RowTokenizer(tokenizer, prompt, maxTokens, LongRows.CUT);
    Teacher.Lessons lessons = teacher == null ? null : teacher.lessons(labels.names());
    return new Batches<>(
        source,
        TEACHER_ROWS,
        batch -> {
          byte[][] texts = TaskModel.texts(batch);
          TokenizedText[] tokens = rows.encode(texts);
          byte[][] taught = lessons == null ? new byte[texts.length][] : lessons.of(texts);
          List<Row> results = new ArrayList<>();
          for (int i = 0; i < texts.length; i++) {
            Row row = batch.get(i);
            if (isUsable(tokens[i], vocabulary)) {
              results.add(
                  RowFactory.create(
                      row.getAs(SplitRows.SPLIT),
                      bytes(labels.of(row, row.fieldIndex(SplitRows.LABEL)).indices()),
                      bytes(tokens[i].ids()),
                      taught[i]));
            }
          }
          counter.add(texts.length);
          return results;
        });
  }

  private static TextTokenizer tokenizer(Path model) {
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      return TextTokenizer.of(checkpoint);
    }
  }

  private static boolean isUsable(TokenizedText text, int vocabulary) {
    return text.error() == null && Arrays.stream(text.ids()).allMatch(id -> id < vocabulary);
  }

  private static byte[] bytes(int[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(numbers.length * Integer.BYTES);
    bytes.asIntBuffer().put(numbers);
    return bytes.array();
  }

  private static int[] numbers(byte[] bytes) {
    int[] numbers = new int[bytes.length / Integer.BYTES];
    ByteBuffer.wrap(bytes).asIntBuffer().get(numbers);
    return numbers;
  }

  private static TrainingRow decoded(Row row) {
    byte[] taught = row.getAs(TEACHER);
    float[] teacher = null;
    if (taught != null) {
      teacher = new float[taught.length / Float.BYTES];
      ByteBuffer.wrap(taught).asFloatBuffer().get(teacher);
    }
    LabelSet labels = LabelSet.of(numbers(row.getAs(SplitRows.LABEL)));
    return new TrainingRow(numbers(row.getAs(TOKENS)), labels, teacher);
  }
}
