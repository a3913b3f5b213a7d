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
import org.apache.hadoop.fs.Path;
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
import org.sparkadept.udfs.table.TextColumns;

/**
 * Reuses answers of earlier runs: a row whose text they have answered, with the same model and
 * options, is not classified again. Texts are compared by their SHA-256.
 */
final class ResumedRun implements AutoCloseable {
  private static final String KEY = "adept_text_hash";
  private static final String TEXT = "adept_text_to_score";
  private static final String NEW = "adept_new_";
  private static final String EARLIER = "adept_earlier_";
  private static final String REUSED = "reused";
  private static final int HASH_BITS = 256;

  private final SparkSession spark;
  private final ClassifySpec spec;
  private final TextColumns text;
  private final ClassifyFunction function;
  private final Map<String, String> facts = new LinkedHashMap<>();
  private final EarlierResults earlier;
  private final Observation observation = new Observation();

  /**
   * @param run a name that no other run has
   */
  ResumedRun(
      SparkSession spark,
      ClassifySpec spec,
      TextColumns text,
      String run,
      ClassifyFunction function,
      Configuration configuration) {
    this.spark = spark;
    this.spec = spec;
    this.text = text;
    this.function = function;
    facts.putAll(AnswerIdentity.of(spec.conf()).facts());
    facts.put("text column", text.toString());
    facts.put("output prefix", spec.outputPrefix());
    facts.put("format", spec.output().format());
    requireColumnsInFiles();
    earlier = EarlierResults.find(spec.output(), facts, run, configuration);
  }

  /** Earlier answers are read from files, which lack the columns that name folders. */
  private void requireColumnsInFiles() {
    List<String> needed = new ArrayList<>(text.names());
    function.fields().forEach(field -> needed.add(spec.outputPrefix() + field));
    for (String column : spec.output().partitionBy()) {
      if (needed.contains(column)) {
        throw new AdeptException(
            "--resume reads the column "
                + column
                + " from the files of the output, so it cannot be in --partition-by.");
      }
    }
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
  Dataset<Row> complete(Dataset<Row> input, Dataset<Row> classified) {
    if (earlier.isEmpty()) {
      return classified;
    }
    Column packed = text(input);
    Dataset<Row> joined =
        input
            .withColumn(KEY, hash(packed))
            .join(answers(), asList(KEY), "left")
            .withColumn(TEXT, when(answered().isNull(), packed))
            .observe(observation, count(answered()).as(REUSED));
    Dataset<Row> scored =
        ArrowScoring.score(
            joined, new NamedColumn(TEXT, InputSpec.TEXT_OPTION), function, function.fields(), NEW);
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

  /** Not NULL where the row has an answer, which may be without a label. */
  private static Column answered() {
    return col(EARLIER + ClassifyFunction.EXIT_LAYER);
  }

  private static Column hash(Column text) {
    return sha2(text.cast("binary"), HASH_BITS);
  }

  private static scala.collection.immutable.Seq<String> asList(String name) {
    return scala.jdk.javaapi.CollectionConverters.asScala(List.of(name)).toSeq();
  }

  private Column text(Dataset<Row> rows) {
    return InputColumns.of(rows).text(text);
  }

  /** Each text's answer once; rows with an error are tried again. */
  private Dataset<Row> answers() {
    return earlier
        .rows(spark, spec.output(), this::answers)
        .where(answered().isNotNull())
        .dropDuplicates(KEY);
  }

  private Dataset<Row> answers(Dataset<Row> rows) {
    List<Column> columns = new ArrayList<>();
    columns.add(hash(text(rows)).as(KEY));
    for (String field : function.fields()) {
      columns.add(InputColumns.column(spec.outputPrefix() + field).as(EARLIER + field));
    }
    return rows.select(columns.toArray(new Column[0]));
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

  /** The folders of killed runs that are reused. */
  List<Path> leftovers() {
    return earlier.leftovers();
  }

  void removeLeftovers() {
    earlier.removeLeftovers();
  }

  @Override
  public void close() {
    earlier.close();
  }
}
