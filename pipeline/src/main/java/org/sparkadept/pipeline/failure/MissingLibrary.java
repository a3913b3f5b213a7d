package org.sparkadept.pipeline.failure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.util.VersionInfo;
import org.sparkadept.decoder.error.AdeptException;

/**
 * A file system or a format whose library is not on the class path. Neither Spark nor Hadoop says
 * so: their exceptions name a class.
 */
final class MissingLibrary {
  private static final String SPARK = org.apache.spark.package$.MODULE$.SPARK_VERSION();
  private static final String HADOOP = VersionInfo.getVersion();

  /** Libraries of Hadoop's file systems, by what the names of their classes begin with. */
  private static final Map<String, String> FILE_SYSTEMS =
      Map.of(
          "org.apache.hadoop.fs.s3a.", "org.apache.hadoop:hadoop-aws:" + HADOOP,
          "org.apache.hadoop.fs.azure", "org.apache.hadoop:hadoop-azure:" + HADOOP,
          "org.apache.hadoop.fs.adl.", "org.apache.hadoop:hadoop-azure-datalake:" + HADOOP,
          "org.apache.hadoop.fs.aliyun.", "org.apache.hadoop:hadoop-aliyun:" + HADOOP);

  /** Libraries of formats that are not Spark's own. */
  private static final Map<String, String> FORMATS =
      Map.of(
          "avro", "org.apache.spark:spark-avro_2.13:" + SPARK,
          "kafka", "org.apache.spark:spark-sql-kafka-0-10_2.13:" + SPARK,
          "delta", "io.delta:delta-spark, in a version for Spark " + SPARK,
          "iceberg", "org.apache.iceberg:iceberg-spark-runtime, in a version for Spark " + SPARK);

  private static final String ADD =
      " (spark-submit --packages …; for bin/adept, its jars and those that it needs in"
          + " ADEPT_CLASS_PATH).";

  /** What Spark and Hadoop say, and how it is told. The first group is the name. */
  private static final Map<Pattern, UnaryOperator<String>> TOLD = new LinkedHashMap<>();

  static {
    TOLD.put(
        Pattern.compile("Class (org\\.apache\\.hadoop\\.fs\\.\\S+) not found"),
        MissingLibrary::fileSystem);
    TOLD.put(Pattern.compile("No FileSystem for scheme \"?([\\w+.-]+)"), MissingLibrary::scheme);
    TOLD.put(Pattern.compile("Failed to find data source: (\\S+?)\\."), MissingLibrary::format);
    TOLD.put(Pattern.compile("Failed to find the data source: (\\S+?)\\."), MissingLibrary::format);
    TOLD.put(Pattern.compile("^(\\S+)\\.DefaultSource$"), MissingLibrary::format);
    TOLD.put(Pattern.compile("^(No suitable driver)$"), name -> driver());
  }

  private MissingLibrary() {}

  /** What to tell of a missing library, if that is the cause. */
  static Optional<String> message(Throwable thrown) {
    for (Throwable at = thrown; at != null; at = Messages.cause(at)) {
      if (at instanceof AdeptException) {
        continue; // it quotes its cause
      }
      for (Map.Entry<Pattern, UnaryOperator<String>> each : TOLD.entrySet()) {
        Matcher matcher = each.getKey().matcher(Messages.line(at));
        if (matcher.find()) {
          return Optional.of(sentence(what(thrown) + each.getValue().apply(matcher.group(1))));
        }
      }
    }
    return Optional.empty();
  }

  /** What could not be done, as far as one of our exceptions says it in front of its cause. */
  private static String what(Throwable thrown) {
    String cause = Messages.rootCause(thrown);
    return Messages.find(thrown, AdeptException.class)
        .map(Messages::line)
        .filter(line -> line.endsWith(cause))
        .map(line -> line.substring(0, line.length() - cause.length()))
        .orElse("");
  }

  private static String sentence(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static String fileSystem(String type) {
    String missing = "the class path has no " + type;
    return FILE_SYSTEMS.entrySet().stream()
        .filter(each -> type.startsWith(each.getKey()))
        .findFirst()
        .map(each -> missing + "; add " + each.getValue() + ADD)
        .orElse(missing + "; add the library of this file system" + ADD);
  }

  private static String scheme(String scheme) {
    String there = "there is no file system for " + scheme + "://";
    return scheme.equals("s3")
        ? there + "; write s3a:// instead."
        : there + "; check the spelling, or add its library" + ADD;
  }

  private static String format(String format) {
    String there = "there is no format '" + format + "' on the class path";
    String library = FORMATS.get(format);
    return library == null
        ? there
            + "; check the spelling (parquet, orc, arrow, json, csv, text, xml, table, jdbc), or"
            + " add its library"
            + ADD
        : there + "; add " + library + ADD;
  }

  private static String driver() {
    return "there is no JDBC driver for this url; check its spelling, or add the driver's library"
        + ADD;
  }
}
