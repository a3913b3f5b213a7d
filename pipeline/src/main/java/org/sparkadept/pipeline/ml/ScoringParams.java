package org.sparkadept.pipeline.ml;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.table.InputColumns;
import org.sparkadept.udfs.table.NamedColumn;

/** The params that estimator and model share, and the columns that they ask for and add. */
final class ScoringParams implements Serializable {
  private static final long serialVersionUID = 1L;

  final Param<String> textCol;
  final Param<String> labelCol;
  final Param<String> predictionCol;
  final Param<String> predictedLabelCol;
  final Param<String> scoreCol;
  final Param<String> exitLayerCol;
  final Param<String> errorCol;
  final Param<String> labelIndexCol;
  final Param<String> backend;
  final IntParam maxTokens;

  ScoringParams(Params owner) {
    textCol = new Param<>(owner, "textCol", "column with the text");
    labelCol = new Param<>(owner, "labelCol", "column with the label: a string, or whole numbers");
    predictionCol = new Param<>(owner, "predictionCol", "added: index of the answer");
    predictedLabelCol = new Param<>(owner, "predictedLabelCol", "added: the answer; or empty");
    scoreCol = new Param<>(owner, "scoreCol", "added: probability of the answer; or empty");
    exitLayerCol = new Param<>(owner, "exitLayerCol", "added: layer that answered; or empty");
    errorCol = new Param<>(owner, "errorCol", "added: why a row has no answer; or empty");
    labelIndexCol =
        new Param<>(owner, "labelIndexCol", "added: index of labelCol, for evaluators; or empty");
    backend = new Param<>(owner, "backend", "compute backend: auto, cpu, reference");
    maxTokens = new IntParam(owner, "maxTokens", "longest row in tokens; 0: 512 or the model's");
  }

  void setDefaults(Params owner) {
    owner.setDefault(textCol, "text");
    owner.setDefault(labelCol, "label");
    owner.setDefault(predictionCol, "prediction");
    owner.setDefault(predictedLabelCol, "predictedLabel");
    owner.setDefault(scoreCol, "score");
    owner.setDefault(exitLayerCol, "exitLayer");
    owner.setDefault(errorCol, "error");
    owner.setDefault(labelIndexCol, "");
    owner.setDefault(backend, AdeptKey.COMPUTE_BACKEND.defaultValue());
    owner.setDefault(maxTokens, AdeptKey.MODEL_MAX_TOKENS.defaultValue());
  }

  /** The column with the text. */
  NamedColumn text(Params owner) {
    return new NamedColumn(owner.getOrDefault(textCol), textCol.name());
  }

  /** The column with the label. */
  NamedColumn label(Params owner) {
    return new NamedColumn(owner.getOrDefault(labelCol), labelCol.name());
  }

  /**
   * @throws org.sparkadept.decoder.error.AdeptException if a column is absent or of another type
   */
  void checkInput(Params owner, StructType schema, boolean withLabel) {
    InputColumns columns = InputColumns.of(schema);
    columns.text(text(owner));
    if (withLabel || !owner.getOrDefault(labelIndexCol).isEmpty()) {
      columns.label(label(owner));
    }
  }

  /** The input's columns and those that are added. */
  StructType output(Params owner, StructType input, List<String> labels) {
    StructType output = input;
    for (StructField field : added(owner, labels)) {
      InputColumns.of(output).requireFree(field.name(), "Set another name for it");
      output = output.add(field);
    }
    return output;
  }

  private List<StructField> added(Params owner, List<String> labels) {
    Metadata nominal = metadata(owner.getOrDefault(predictionCol), labels);
    List<StructField> fields = new ArrayList<>();
    fields.add(
        new StructField(owner.getOrDefault(predictionCol), DataTypes.DoubleType, true, nominal));
    add(fields, owner.getOrDefault(predictedLabelCol), DataTypes.StringType);
    add(fields, owner.getOrDefault(scoreCol), DataTypes.FloatType);
    add(fields, owner.getOrDefault(exitLayerCol), DataTypes.IntegerType);
    add(fields, owner.getOrDefault(errorCol), DataTypes.StringType);
    add(fields, owner.getOrDefault(labelIndexCol), DataTypes.DoubleType);
    return fields;
  }

  private static void add(List<StructField> fields, String name, DataType type) {
    if (!name.isEmpty()) {
      fields.add(new StructField(name, type, true, Metadata.empty()));
    }
  }

  /** What tells evaluators and {@code IndexToString} the names of the indices. */
  static Metadata metadata(String column, List<String> labels) {
    return labels.isEmpty()
        ? Metadata.empty()
        : NominalAttribute.defaultAttr()
            .withName(column)
            .withValues(labels.toArray(new String[0]))
            .toMetadata();
  }
}
