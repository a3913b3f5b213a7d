package org.sparkadept.pipeline;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;

/** Local folders as Hadoop's file system {@code viewfs} shows them: under names of its own. */
public final class MountTable implements AutoCloseable {
  private static final String TABLE = "fs.viewfs.mounttable.far.link./";

  private final SparkSession spark;
  private final String name;

  private MountTable(SparkSession spark, String name) {
    this.spark = spark;
    this.name = name;
  }

  /** Shows a folder as {@code viewfs://far/NAME} in a session. */
  public static MountTable of(SparkSession spark, String name, Path folder) {
    spark.conf().set(TABLE + name, folder.toUri().toString());
    return new MountTable(spark, name);
  }

  /** The folder's URI. */
  public String uri() {
    return "viewfs://far/" + name;
  }

  @Override
  public void close() {
    spark.conf().unset(TABLE + name);
  }
}
