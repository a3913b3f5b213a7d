package org.sparkadept.udfs.ipc;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.DictionaryBatch;
import org.apache.arrow.flatbuf.MessageHeader;
import org.apache.arrow.flatbuf.RecordBatch;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.OutOfMemoryException;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.util.VectorAppender;
import org.sparkadept.decoder.error.AdeptException;

/** The record batches of a file or a part of it, one after the other, with the wanted columns. */
final class RecordBatches implements Closeable {
  private final IpcFile file;
  private final IpcInput input;
  private final IpcFile.Messages messages;
  private final List<ColumnPlan> columns;
  private final BufferAllocator allocator;
  private final ColumnConverter converter;

  /** How the dictionaries of the required columns are stored. */
  private final Map<Long, ColumnPlan> dictionaryPlans = new HashMap<>();

  private final Map<Long, FieldVector> dictionaries = new HashMap<>();

  /**
   * @param columns a plan for each of the file's columns; null for those that are not required
   */
  RecordBatches(
      IpcFile file,
      IpcFile.Messages messages,
      List<ColumnPlan> columns,
      BufferAllocator allocator,
      boolean floorNanoseconds) {
    this.file = file;
    input = file.input();
    this.messages = messages;
    this.columns = columns;
    this.allocator = allocator;
    converter = new ColumnConverter(input, allocator, floorNanoseconds, dictionaries);
    for (ColumnPlan column : columns) {
      if (column != null) {
        column.collectDictionaries(dictionaryPlans);
      }
    }
  }

  /**
   * A record batch.
   *
   * @param vectors one for each column; null for those that are not required
   */
  record Loaded(List<FieldVector> vectors, int rows) implements AutoCloseable {
    @Override
    public void close() {
      for (FieldVector vector : vectors) {
        if (vector != null) {
          vector.close();
        }
      }
    }
  }

  /**
   * The next batch with rows.
   *
   * @return null after the last; the caller closes it
   * @throws AdeptException if the file is damaged, or a value does not fit Spark's type
   */
  Loaded next() throws IOException {
    for (IpcMessage message = nextMessage(); message != null; message = nextMessage()) {
      IpcMessage at = message;
      Loaded loaded = input.parse("the message at byte " + at.body(), () -> load(at));
      if (loaded != null) {
        return loaded;
      }
    }
    return null;
  }

  private IpcMessage nextMessage() throws IOException {
    return input.parse("a message", messages::next);
  }

  /** Loads a record batch or a dictionary; null if there are no rows in it. */
  private Loaded load(IpcMessage message) throws IOException {
    switch (message.metadata().headerType()) {
      case MessageHeader.DictionaryBatch -> loadDictionary(message);
      case MessageHeader.RecordBatch -> {
        RecordBatch batch = (RecordBatch) message.metadata().header(new RecordBatch());
        Loaded loaded = load(message, batch);
        if (loaded.rows() > 0) {
          return loaded;
        }
        loaded.close();
      }
      default -> throw input.damaged("it holds a message that is no batch of a table");
    }
    return null;
  }

  private Loaded load(IpcMessage message, RecordBatch batch) throws IOException {
    ColumnLoader loader = new ColumnLoader(input, message, batch, allocator);
    int rows = loader.rows();
    Loaded loaded = new Loaded(new ArrayList<>(), rows);
    try {
      for (int i = 0; i < columns.size(); i++) {
        Field field = file.fields().get(i);
        if (columns.get(i) == null) {
          loader.skip(field);
          loaded.vectors().add(null);
        } else {
          FieldVector vector = load(loader, columns.get(i));
          loaded.vectors().add(vector);
          checkRows(vector, rows);
        }
      }
      return loaded;
    } catch (IOException | RuntimeException | Error e) {
      loaded.close();
      throw e;
    }
  }

  private FieldVector load(ColumnLoader loader, ColumnPlan plan) throws IOException {
    try {
      return converter.convert(loader.load(plan.stored()), plan);
    } catch (OutOfMemoryException e) {
      throw new AdeptException(
          String.format(
              "Column '%s' of a record batch of %s does not fit into the memory outside of the heap"
                  + " (%s). Give the JVM more (-XX:MaxDirectMemorySize,"
                  + " spark.executor.memoryOverhead) or write the file in smaller record batches.",
              plan.target().getName(), input.path(), e.getMessage()),
          e);
    }
  }

  private void checkRows(FieldVector vector, int rows) {
    if (vector.getValueCount() != rows) {
      throw input.damaged(
          String.format(
              "column '%s' has %s values in a record batch of %s rows",
              vector.getName(), vector.getValueCount(), rows));
    }
  }

  private void loadDictionary(IpcMessage message) throws IOException {
    DictionaryBatch batch = (DictionaryBatch) message.metadata().header(new DictionaryBatch());
    long id = batch.id();
    ColumnPlan plan = dictionaryPlans.get(id);
    if (plan == null) {
      return;
    }
    RecordBatch data = batch.data();
    if (data == null) {
      throw input.damaged("dictionary " + id + " has no values");
    }
    ColumnLoader loader = new ColumnLoader(input, message, data, allocator);
    FieldVector values = load(loader, plan);
    FieldVector before = dictionaries.get(id);
    if (before != null && batch.isDelta()) {
      try (values) {
        values.accept(new VectorAppender(before), null);
      }
    } else {
      dictionaries.put(id, values);
      if (before != null) {
        before.close();
      }
    }
  }

  @Override
  public void close() throws IOException {
    dictionaries.values().forEach(FieldVector::close);
    dictionaries.clear();
    file.close();
  }
}
