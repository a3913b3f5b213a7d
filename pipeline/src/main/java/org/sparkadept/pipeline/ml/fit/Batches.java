package org.sparkadept.pipeline.ml.fit;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkadept.pipeline.progress.RowCounter;

/**
 * Works through an iterator some elements at a time, holds no more of them than that, and counts
 * them.
 */
final class Batches<T, R> implements Iterator<R> {
  /** Rows that a decoder works on together. */
  static final int ROWS = 256;

  private final Iterator<T> source;
  private final RowCounter counter;
  private final Function<List<T>, List<R>> work;
  private final ArrayDeque<R> ready = new ArrayDeque<>();

  Batches(Iterator<T> source, RowCounter counter, Function<List<T>, List<R>> work) {
    this.source = source;
    this.counter = counter;
    this.work = work;
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && source.hasNext()) {
      List<T> batch = next(source);
      ready.addAll(work.apply(batch));
      counter.add(batch.size());
    }
    return !ready.isEmpty();
  }

  private static <T> List<T> next(Iterator<T> source) {
    List<T> batch = new ArrayList<>();
    while (batch.size() < ROWS && source.hasNext()) {
      batch.add(source.next());
    }
    return batch;
  }

  @Override
  public R next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.removeFirst();
  }

  /** Works through an iterator to its end, {@link #ROWS} elements at a time. */
  static <T> void forEach(Iterator<T> source, RowCounter counter, Consumer<List<T>> work) {
    while (source.hasNext()) {
      List<T> batch = next(source);
      work.accept(batch);
      counter.add(batch.size());
    }
  }

  /** Closes something when the task that runs ends, however it does. */
  static void closeWithTask(Runnable close) {
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> close.run());
  }
}
