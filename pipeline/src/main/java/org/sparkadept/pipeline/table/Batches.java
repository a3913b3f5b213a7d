package org.sparkadept.pipeline.table;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** Applies a function to batches of a source; holds the results of one batch. */
public final class Batches<T, R> implements Iterator<R> {
  private final Iterator<T> source;
  private final int size;
  private final Function<List<T>, List<R>> function;
  private Iterator<R> results = List.<R>of().iterator();

  /**
   * @param size items of a batch, at most
   */
  public Batches(Iterator<T> source, int size, Function<List<T>, List<R>> function) {
    this.source = source;
    this.size = size;
    this.function = function;
  }

  @Override
  public boolean hasNext() {
    while (!results.hasNext() && source.hasNext()) {
      List<T> batch = new ArrayList<>();
      while (batch.size() < size && source.hasNext()) {
        batch.add(source.next());
      }
      results = function.apply(batch).iterator();
    }
    return results.hasNext();
  }

  @Override
  public R next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return results.next();
  }
}
