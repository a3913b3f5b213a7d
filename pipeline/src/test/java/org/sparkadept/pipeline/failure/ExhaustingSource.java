package org.sparkadept.pipeline.failure;

import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.catalog.TableProvider;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** A data source at which the thread of Spark's scheduler runs out of memory. */
public final class ExhaustingSource
    implements TableProvider, SupportsRead, ScanBuilder, Scan, Batch {
  private static final StructType SCHEMA = StructType.fromDDL("text STRING");

  /** A partition whose places the scheduler asks for in vain. */
  private static final class Exhausting implements InputPartition {
    private static final long serialVersionUID = 1L;

    @Override
    public String[] preferredLocations() {
      throw new OutOfMemoryError("Java heap space");
    }
  }

  @Override
  public StructType inferSchema(CaseInsensitiveStringMap options) {
    return SCHEMA;
  }

  @Override
  public Table getTable(StructType schema, Transform[] partitions, Map<String, String> properties) {
    return this;
  }

  @Override
  public String name() {
    return "exhausting";
  }

  @Override
  @Deprecated
  public StructType schema() {
    return SCHEMA;
  }

  @Override
  public Set<TableCapability> capabilities() {
    return Set.of(TableCapability.BATCH_READ);
  }

  @Override
  public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
    return this;
  }

  @Override
  public Scan build() {
    return this;
  }

  @Override
  public StructType readSchema() {
    return SCHEMA;
  }

  @Override
  public Batch toBatch() {
    return this;
  }

  @Override
  public InputPartition[] planInputPartitions() {
    return new InputPartition[] {new Exhausting()};
  }

  @Override
  public PartitionReaderFactory createReaderFactory() {
    return partition -> {
      throw new IllegalStateException("no task starts");
    };
  }
}
