package org.sparkadept.pipeline.ml.fit;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkadept.decoder.Classifier;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.compute.ComputeOptions;
import org.sparkadept.pipeline.progress.RowCounter;
import org.sparkadept.pipeline.table.Batches;
import org.sparkadept.udfs.model.ModelLocation;
import org.sparkadept.udfs.sharing.LocalModels;
import org.sparkadept.udfs.sharing.ModelLease;

/**
 * A model that the tasks of a pass use, batch by batch.
 *
 * @param directory a model directory, under the same path on every machine
 * @param compute where it is computed
 * @param options how rows are taken through it
 * @param counter counts the rows that are done
 */
public record TaskModel(
    String directory, ComputeOptions compute, ClassifierOptions options, RowCounter counter)
    implements Serializable {
  private static final long serialVersionUID = 2L;

  /** Rows of a batch. */
  static final int BATCH_ROWS = 256;

  /** The classifier, for the task that runs; the model is released when the task ends. */
  public Classifier classifier() {
    ModelLease lease = LocalModels.borrow(ModelLocation.of(directory), compute);
    closeWithTask(lease::close);
    return lease.model().classifier(options);
  }

  /** Closes something when the task that runs ends. */
  public static void closeWithTask(Runnable close) {
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> close.run());
  }

  /** The text column of rows, as UTF-8. */
  public static byte[][] texts(List<Row> rows) {
    byte[][] texts = new byte[rows.size()][];
    for (int i = 0; i < texts.length; i++) {
      String text = rows.get(i).getAs(SplitRows.TEXT);
      texts[i] = text.getBytes(StandardCharsets.UTF_8);
    }
    return texts;
  }

  /** Applies a function to batches of {@link #BATCH_ROWS}; holds the results of one batch. */
  public <T, R> Iterator<R> map(Iterator<T> source, Function<List<T>, List<R>> function) {
    return new Batches<>(
        source,
        BATCH_ROWS,
        batch -> {
          List<R> results = function.apply(batch);
          counter.add(batch.size());
          return results;
        });
  }

  /** Calls a consumer with batches of {@link #BATCH_ROWS} to the end of the source. */
  <T> void forEach(Iterator<T> source, Consumer<List<T>> consumer) {
    while (source.hasNext()) {
      List<T> batch = batch(source);
      consumer.accept(batch);
      counter.add(batch.size());
    }
  }

  private static <T> List<T> batch(Iterator<T> source) {
    List<T> batch = new ArrayList<>(BATCH_ROWS);
    while (batch.size() < BATCH_ROWS && source.hasNext()) {
      batch.add(source.next());
    }
    return batch;
  }
}
