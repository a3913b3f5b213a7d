package org.sparkadept.pipeline.ml;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.table.InputColumns;
import org.sparkadept.udfs.table.NamedColumn;
import org.sparkadept.udfs.table.TextColumns;

/** The columns that {@link ScoringParams} name, and the defaults of these params. */
final class ScoringSchema {
  /** Indices of several labels. */
  private static final DataType INDICES = DataTypes.createArrayType(DataTypes.DoubleType);

  /** Several labels with their probabilities. */
  private static final DataType LABEL_SCORES =
      DataTypes.createArrayType(
          new StructType()
              .add("label", DataTypes.StringType, false)
              .add("score", DataTypes.FloatType, false),
          false);

  private ScoringSchema() {}

  static void setDefaults(ScoringParams<?> params) {
    params.setDefault(params.featuresCol(), TextColumns.DEFAULT);
    params.setDefault(params.probabilityCol(), "probability");
    params.setDefault(params.predictedLabelCol(), "predictedLabel");
    params.setDefault(params.predictedLabelsCol(), "predictedLabels");
    params.setDefault(params.scoreCol(), "score");
    params.setDefault(params.exitLayerCol(), "exitLayer");
    params.setDefault(params.errorCol(), "error");
    params.setDefault(params.labelIndexCol(), "");
    params.setDefault(params.backend(), AdeptKey.COMPUTE_BACKEND.defaultValue());
    params.setDefault(params.maxTokens(), AdeptKey.MODEL_MAX_TOKENS.defaultValue());
    params.setDefault(params.inputCols(), new String[0]);
    params.setDefault(params.longRows(), AdeptKey.ROWS_LONG.defaultText());
    params.setDefault(params.chunkOverlap(), AdeptKey.CHUNK_OVERLAP.defaultValue());
    params.setDefault(params.chunkMerge(), AdeptKey.CHUNK_MERGE.defaultText());
  }

  /**
   * How rows are taken by the params.
   *
   * @throws org.sparkadept.decoder.error.AdeptException if a value is malformed or out of its range
   */
  static ClassifierOptions options(ScoringParams<?> params) {
    return AdeptConf.defaults()
        .with(AdeptKey.MODEL_MAX_TOKENS, params.getOrDefault(params.maxTokens()))
        .with(AdeptKey.ROWS_LONG, params.getOrDefault(params.longRows()))
        .with(AdeptKey.CHUNK_OVERLAP, params.getOrDefault(params.chunkOverlap()))
        .with(AdeptKey.CHUNK_MERGE, params.getOrDefault(params.chunkMerge()))
        .classifierOptions();
  }

  /**
   * Where the text of a row is.
   *
   * @param prompt the columns that the model's prompt reads; empty where it has none
   * @throws org.sparkadept.decoder.error.AdeptException if the params name more or fewer columns
   */
  static TextColumns text(ScoringParams<?> params, List<String> prompt) {
    List<String> given = List.of(params.getOrDefault(params.inputCols()));
    if (!given.isEmpty()) {
      return TextColumns.of(prompt, given, params.inputCols().name());
    }
    boolean one = prompt.isEmpty() || prompt.size() == 1 && params.isSet(params.featuresCol());
    return TextColumns.of(
        prompt,
        one ? List.of(params.getOrDefault(params.featuresCol())) : List.of(),
        params.featuresCol().name());
  }

  /** The column that a param names. */
  static NamedColumn column(ScoringParams<?> params, Param<String> param) {
    return new NamedColumn(params.getOrDefault(param), param.name());
  }

  /** Whether a column is wanted. */
  static boolean has(ScoringParams<?> params, Param<String> column) {
    return !params.getOrDefault(column).isEmpty();
  }

  /**
   * Checks the input.
   *
   * @param prompt the columns that the model's prompt reads; empty where it has none
   * @throws AdeptException if a column is absent or of another type
   */
  static void check(
      ScoringParams<?> params, List<String> prompt, StructType schema, boolean withLabel) {
    InputColumns columns = InputColumns.of(schema);
    columns.text(text(params, prompt));
    if (withLabel || has(params, params.labelIndexCol())) {
      columns.label(column(params, params.labelCol()));
    }
  }

  /** Whether the label column has several labels in a row. */
  static boolean isMultiLabel(ScoringParams<?> params, StructType schema) {
    StructField label = InputColumns.of(schema).label(column(params, params.labelCol()));
    return InputColumns.isLabelArray(label.dataType());
  }

  /**
   * Checks that the label column is of the model's kind.
   *
   * @throws AdeptException if it is not
   */
  static void checkKind(ScoringParams<?> params, StructType schema, boolean multiLabel) {
    if (isMultiLabel(params, schema) != multiLabel) {
      throw new AdeptException(
          String.format(
              "Column '%s' (labelCol) must %sbe ARRAY<STRING>: the model is %s.",
              params.getOrDefault(params.labelCol()),
              multiLabel ? "" : "not ",
              multiLabel ? "multi-label" : "single-label"));
    }
  }

  /**
   * The input's columns and those that the model adds.
   *
   * @param labels of the model; empty while they are not known
   * @param multiLabel whether a row may have several
   */
  static StructType output(
      ScoringParams<?> params, StructType input, List<String> labels, boolean multiLabel) {
    StructType output = input;
    for (StructField field : added(params, labels, multiLabel)) {
      InputColumns.of(output).requireFree(field.name(), "Set another name for it");
      output = output.add(field);
    }
    return output;
  }

  private static List<StructField> added(
      ScoringParams<?> params, List<String> labels, boolean multiLabel) {
    List<StructField> fields = new ArrayList<>();
    add(fields, params.getOrDefault(params.rawPredictionCol()), SQLDataTypes.VectorType());
    add(fields, params.getOrDefault(params.probabilityCol()), SQLDataTypes.VectorType());
    if (multiLabel) {
      add(fields, params.getOrDefault(params.predictionCol()), INDICES);
      add(fields, params.getOrDefault(params.predictedLabelsCol()), LABEL_SCORES);
    } else {
      addIndex(fields, params.getOrDefault(params.predictionCol()), labels);
    }
    add(fields, params.getOrDefault(params.predictedLabelCol()), DataTypes.StringType);
    add(fields, params.getOrDefault(params.scoreCol()), DataTypes.FloatType);
    add(fields, params.getOrDefault(params.exitLayerCol()), DataTypes.IntegerType);
    add(fields, params.getOrDefault(params.errorCol()), DataTypes.StringType);
    if (multiLabel) {
      add(fields, params.getOrDefault(params.labelIndexCol()), INDICES);
    } else {
      addIndex(fields, params.getOrDefault(params.labelIndexCol()), labels);
    }
    return fields;
  }

  private static void add(List<StructField> fields, String name, DataType type) {
    if (!name.isEmpty()) {
      fields.add(new StructField(name, type, true, Metadata.empty()));
    }
  }

  private static void addIndex(List<StructField> fields, String name, List<String> labels) {
    if (!name.isEmpty()) {
      fields.add(new StructField(name, DataTypes.DoubleType, true, metadata(name, labels)));
    }
  }

  /** The labels of a column of indices, for evaluators and {@code IndexToString}. */
  static Metadata metadata(String column, List<String> labels) {
    return labels.isEmpty()
        ? Metadata.empty()
        : NominalAttribute.defaultAttr()
            .withName(column)
            .withValues(labels.toArray(new String[0]))
            .toMetadata();
  }
}
