package org.sparkadept.udfs.ipc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Map;
import org.apache.arrow.compression.CommonsCompressionFactory;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.compression.CompressionCodec;
import org.apache.arrow.vector.compression.CompressionUtil;
import org.apache.arrow.vector.compression.NoCompressionCodec;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowFileWriter;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.ipc.ArrowWriter;
import org.apache.arrow.vector.ipc.message.IpcOption;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.catalyst.expressions.UnsafeRow;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.ArrowUtils;

/**
 * Writes the rows of a task into one file, a record batch at a time. The schema goes before the
 * first batch, or before the end where there is none.
 */
final class IpcOutput extends OutputWriter {
  /** The extensions that IANA has registered for files and for streams. */
  private static final String FILE_EXTENSION = ".arrow";

  static final String STREAM_EXTENSION = ".arrows";

  private final String path;
  private final IpcOptions options;
  private final UnsafeProjection toUnsafe;
  private final BufferAllocator allocator;
  private final VectorSchemaRoot root;
  private final org.apache.spark.sql.execution.arrow.ArrowWriter rows;
  private final WritableByteChannel channel;
  private final ArrowWriter ipc;
  private int rowCount;
  private long bytes;

  /**
   * Begins a file.
   *
   * @throws IOException if it cannot be made, or exists
   */
  IpcOutput(String path, StructType schema, IpcOptions options, Configuration configuration)
      throws IOException {
    this.path = path;
    this.options = options;
    toUnsafe = UnsafeProjection.create(schema);
    Path file = new Path(path);
    channel = Channels.newChannel(file.getFileSystem(configuration).create(file, false));
    allocator = ArrowUtils.rootAllocator().newChildAllocator("output " + path, 0, Long.MAX_VALUE);
    root = VectorSchemaRoot.create(FileTypes.schema(schema), allocator);
    rows = org.apache.spark.sql.execution.arrow.ArrowWriter.create(root);
    ipc = writer(root, options, channel);
  }

  private static ArrowWriter writer(
      VectorSchemaRoot root, IpcOptions options, WritableByteChannel channel) {
    DictionaryProvider none = new DictionaryProvider.MapDictionaryProvider();
    return options.stream()
        ? new ArrowStreamWriter(
            root,
            none,
            channel,
            IpcOption.DEFAULT,
            factory(options.compression()),
            options.compression())
        : new ArrowFileWriter(
            root,
            none,
            channel,
            Map.of(),
            IpcOption.DEFAULT,
            factory(options.compression()),
            options.compression());
  }

  private static CompressionCodec.Factory factory(CompressionUtil.CodecType type) {
    return type == CompressionUtil.CodecType.NO_COMPRESSION
        ? NoCompressionCodec.Factory.INSTANCE
        : CommonsCompressionFactory.INSTANCE;
  }

  @Override
  public void write(InternalRow row) {
    UnsafeRow unsafe = row instanceof UnsafeRow already ? already : toUnsafe.apply(row);
    rows.write(unsafe);
    rowCount++;
    bytes += unsafe.getSizeInBytes();
    if (rowCount >= options.batchRows() || bytes >= options.batchBytes()) {
      writeBatch();
    }
  }

  private void writeBatch() {
    try {
      rows.finish();
      ipc.writeBatch();
      rows.reset();
      rowCount = 0;
      bytes = 0;
    } catch (IOException e) {
      throw notWritten(path, e);
    }
  }

  @Override
  public void close() {
    try (allocator;
        root;
        channel) {
      if (rowCount > 0) {
        writeBatch();
      }
      ipc.end();
    } catch (IOException e) {
      throw notWritten(path, e);
    }
  }

  @Override
  public String path() {
    return path;
  }

  /** Begins the files of a write, in the tasks. */
  static final class Factory extends OutputWriterFactory {
    private static final long serialVersionUID = 1L;

    private final IpcOptions options;

    Factory(IpcOptions options) {
      this.options = options;
    }

    @Override
    public String getFileExtension(TaskAttemptContext context) {
      return options.stream() ? STREAM_EXTENSION : FILE_EXTENSION;
    }

    @Override
    public OutputWriter newInstance(String path, StructType schema, TaskAttemptContext context) {
      try {
        return new IpcOutput(path, schema, options, context.getConfiguration());
      } catch (IOException e) {
        throw notWritten(path, e);
      }
    }
  }

  private static UncheckedIOException notWritten(String path, IOException cause) {
    return new UncheckedIOException("The Arrow file " + path + " cannot be written", cause);
  }
}
