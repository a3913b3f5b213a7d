package org.sparkadept.udfs.ipc;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.Job;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.ScoringOptions;
import scala.Function1;
import scala.Option;
import scala.collection.Iterator;
import scala.collection.immutable.Map;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Arrow IPC files and streams as Spark's data source {@code arrow}: {@code
 * spark.read().format("arrow").load(path)}, {@code df.write().format("arrow").save(path)}, {@code
 * SELECT * FROM arrow.`path`}, {@code CREATE TABLE … USING arrow}, {@code readStream} and {@code
 * writeStream}.
 *
 * <p>Whether it is a file or a stream shows in the content. Files are split between their record
 * batches; streams are not. The options are those of {@code IpcOptions}. The session's {@code
 * spark.adept.batch.rows} and {@code spark.adept.batch.bytes} bound the batches.
 */
public final class ArrowFileFormat implements FileFormat, DataSourceRegister, Serializable {
  private static final long serialVersionUID = 1L;

  private static final String NAME = "arrow";

  /** The option by which Spark's scan says whether it takes batches. */
  private static final String RETURNING_BATCH = FileFormat.OPTION_RETURNING_BATCH();

  @Override
  public String shortName() {
    return NAME;
  }

  @Override
  public Option<StructType> inferSchema(
      SparkSession session, Map<String, String> options, Seq<FileStatus> files) {
    if (files.isEmpty()) {
      return Option.empty();
    }
    List<FileStatus> all = CollectionConverters.asJava(files);
    boolean check = options(options).checkSchemas();
    return Option.apply(SchemaInference.infer(session, all, check, hadoopConf(session, options)));
  }

  private static Configuration hadoopConf(SparkSession session, Map<String, String> options) {
    return session.sessionState().newHadoopConfWithOptions(options);
  }

  private static IpcOptions options(Map<String, String> options) {
    return IpcOptions.of(CollectionConverters.asJava(options));
  }

  @Override
  public OutputWriterFactory prepareWrite(
      SparkSession session, Job job, Map<String, String> options, StructType schema) {
    return new IpcOutput.Factory(options(options));
  }

  @Override
  public boolean supportBatch(SparkSession session, StructType schema) {
    return true;
  }

  /**
   * Files with a stream's extension are not split. Other streams are; all their record batches go
   * to the part with the first byte.
   */
  @Override
  public boolean isSplitable(SparkSession session, Map<String, String> options, Path path) {
    return !path.getName().endsWith(IpcOutput.STREAM_EXTENSION);
  }

  /**
   * Counts the parts that files can be split into: a file into its record batches, a stream not at
   * all. Many programs write a table as one batch.
   *
   * @param files URIs, as {@code Dataset.inputFiles()} gives them
   * @param enough the count stops there
   * @throws org.sparkadept.decoder.error.AdeptException if a file is no Arrow file, or a damaged
   *     one
   */
  public static int parts(String[] files, int enough, Configuration configuration) {
    int parts = files.length;
    for (int i = 0; i < files.length && parts < enough; i++) {
      Path path = new Path(URI.create(files[i]));
      try {
        long length = path.getFileSystem(configuration).getFileStatus(path).getLen();
        try (IpcFile file = IpcFile.open(path, length, configuration)) {
          parts += Math.max(0, file.divisions() - 1);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("The Arrow file " + path + " cannot be read", e);
      }
    }
    return parts;
  }

  @Override
  public boolean supportDataType(DataType type) {
    return FileTypes.supports(type);
  }

  @Override
  public Function1<PartitionedFile, Iterator<InternalRow>> buildReaderWithPartitionValues(
      SparkSession session,
      StructType dataSchema,
      StructType partitionSchema,
      StructType requiredSchema,
      Seq<Filter> filters,
      Map<String, String> options,
      Configuration configuration) {
    java.util.Map<String, String> conf =
        CollectionConverters.asJava(session.sessionState().conf().getAllConfs());
    ScoringOptions bounds = AdeptConf.of(conf).scoringOptions();
    return new PartReader(
        requiredSchema,
        partitionSchema,
        session.sessionState().conf().caseSensitiveAnalysis(),
        options.get(RETURNING_BATCH).forall("true"::equals),
        options(options),
        bounds,
        JavaSparkContext.fromSparkContext(session.sparkContext())
            .broadcast(new SerializableConfiguration(configuration)));
  }

  @Override
  public String toString() {
    return "Arrow";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ArrowFileFormat;
  }

  @Override
  public int hashCode() {
    return ArrowFileFormat.class.hashCode();
  }
}
