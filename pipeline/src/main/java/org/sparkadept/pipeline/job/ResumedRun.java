package org.sparkadept.pipeline.job;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.output.EarlierResults;
import org.sparkadept.pipeline.output.OutputSpec;
import org.sparkadept.udfs.classify.ClassifyFunction;
import org.sparkadept.udfs.table.ArrowScoring;
import org.sparkadept.udfs.table.InputColumns;
import org.sparkadept.udfs.table.NamedColumn;

/**
 * Reuses answers of earlier runs: a row whose text they have answered, with the same model and
 * options, is not classified again. Texts are compared by their SHA-256.
 */
final class ResumedRun {
  private static final String KEY = "adept_text_hash";
  private static final String TEXT = "adept_text_to_score";
  private static final String NEW = "adept_new_";
  private static final String EARLIER = "adept_earlier_";
  private static final String REUSED = "reused";
  private static final int HASH_BITS = 256;

  private final SparkSession spark;
  private final ClassifySpec spec;
  private final Map<String, String> facts = new LinkedHashMap<>();
  private final EarlierResults earlier;
  private final Observation observation = new Observation();

  ResumedRun(SparkSession spark, ClassifySpec spec, Configuration configuration) {
    this.spark = spark;
    this.spec = spec;
    facts.putAll(AnswerIdentity.of(spec.conf()).facts());
    facts.put("text column", spec.input().textColumn());
    facts.put("output prefix", spec.outputPrefix());
    facts.put("format", spec.output().format());
    earlier = EarlierResults.find(spec.output(), facts, configuration);
  }

  /** The output to write; an existing one is replaced if its answers are reused. */
  OutputSpec output() {
    return earlier.isOutput() ? spec.output().overwriting() : spec.output();
  }

  EarlierResults.Description description(Dataset<Row> result) {
    return new EarlierResults.Description(facts, result.schema().json());
  }

  /**
   * The rows with their answers.
   *
   * @param classified the same with all rows classified; gives the columns
   */
  Dataset<Row> complete(Dataset<Row> input, ClassifyFunction function, Dataset<Row> classified) {
    if (earlier.isEmpty()) {
      return classified;
    }
    Column text = InputColumns.column(spec.input().textColumn());
    Dataset<Row> joined =
        input
            .withColumn(KEY, hash(text))
            .join(answers(function), asList(KEY), "left")
            .withColumn(TEXT, when(answered().isNull(), text))
            .observe(observation, count(answered()).as(REUSED));
    Dataset<Row> scored =
        ArrowScoring.score(
            joined, new NamedColumn(TEXT, "--text-column"), function, function.fields(), NEW);
    List<Column> columns = new ArrayList<>();
    for (String name : input.columns()) {
      columns.add(InputColumns.column(name));
    }
    for (String field : function.fields()) {
      Column answer =
          when(answered().isNotNull(), col(EARLIER + field)).otherwise(col(NEW + field));
      columns.add(answer.as(spec.outputPrefix() + field));
    }
    return scored.select(columns.toArray(new Column[0]));
  }

  private static Column answered() {
    return col(EARLIER + ClassifyFunction.LABEL);
  }

  private static Column hash(Column text) {
    return sha2(text.cast("binary"), HASH_BITS);
  }

  private static scala.collection.immutable.Seq<String> asList(String name) {
    return scala.jdk.javaapi.CollectionConverters.asScala(List.of(name)).toSeq();
  }

  /** Each text's answer once; rows with an error are tried again. */
  private Dataset<Row> answers(ClassifyFunction function) {
    String prefix = spec.outputPrefix();
    List<String> names = new ArrayList<>(List.of(spec.input().textColumn()));
    List<Column> columns = new ArrayList<>();
    columns.add(hash(InputColumns.column(spec.input().textColumn())).as(KEY));
    for (String field : function.fields()) {
      names.add(prefix + field);
      columns.add(InputColumns.column(prefix + field).as(EARLIER + field));
    }
    return earlier
        .rows(spark, spec.output(), names)
        .select(columns.toArray(new Column[0]))
        .where(answered().isNotNull())
        .dropDuplicates(KEY);
  }

  /** How many rows have an earlier run's answer; known once the result is written. */
  long reused() {
    if (earlier.isEmpty()) {
      return 0;
    }
    try {
      return (Long) observation.getAsJava().get(REUSED);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AdeptException("Interrupted at the end of the run.", e);
    }
  }

  void removeLeftovers() {
    earlier.removeLeftovers();
  }
}
