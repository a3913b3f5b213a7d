package org.sparkadept.udfs.ipc;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.types.StructType;

/** Begins the files of a write, in the tasks. */
final class IpcOutputFactory extends OutputWriterFactory {
  /** As IANA has registered them for files and for streams. */
  static final String FILE_EXTENSION = ".arrow";

  static final String STREAM_EXTENSION = ".arrows";

  private static final long serialVersionUID = 1L;

  private final IpcOptions options;

  IpcOutputFactory(IpcOptions options) {
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
      throw new UncheckedIOException("The Arrow file " + path + " cannot be written", e);
    }
  }
}
