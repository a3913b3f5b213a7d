package org.sparkadept.pipeline.output;

import java.util.Locale;
import org.apache.spark.sql.SaveMode;

/** What to do where the output exists already. */
public enum OutputMode {
  /** Stop before anything is computed. */
  ERRORIFEXISTS(SaveMode.ErrorIfExists),
  /** Replace it, once the new result is whole. */
  OVERWRITE(SaveMode.Overwrite),
  /** Add to it, once the new result is whole. */
  APPEND(SaveMode.Append),
  /** Leave it and do nothing. */
  IGNORE(SaveMode.Ignore);

  private final SaveMode spark;

  OutputMode(SaveMode spark) {
    this.spark = spark;
  }

  /** Spark's word for it. */
  public SaveMode spark() {
    return spark;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
