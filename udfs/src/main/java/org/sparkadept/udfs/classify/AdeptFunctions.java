package org.sparkadept.udfs.classify;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/**
 * {@code adept_classify} for data frames, in Java and Scala; a static import makes it read well.
 */
public final class AdeptFunctions {
  private AdeptFunctions() {}

  /**
   * Classifies texts with the model of {@code spark.adept.model.path}.
   *
   * @param text a STRING column, or a struct of the columns that the model's prompt reads
   * @return a STRUCT of label, score, scores, exit_layer, tokens, truncated and error, with labels
   *     after score where the model's rows may have several labels; NULL for NULL
   */
  public static Column adept_classify(Column text) {
    return adept_classify(text, Map.of());
  }

  /**
   * Classifies texts.
   *
   * @param text a STRING column, or a struct of the columns that the model's prompt reads
   * @param options as in SQL: model, adapter, policy, threshold, tokenExit, maxTokens, longRows,
   *     chunkOverlap, chunkMerge, backend, scores, topK, minScore; their values are strings,
   *     numbers or booleans, and a wrong one is an error when the query is analysed
   * @return a STRUCT of label, score, scores, exit_layer, tokens, truncated and error, with labels
   *     after score where the model's rows may have several labels; NULL for NULL
   */
  public static Column adept_classify(Column text, Map<String, ?> options) {
    if (options.isEmpty()) {
      return functions.call_function(ClassifySqlFunction.NAME, text);
    }
    List<Column> entries = new ArrayList<>();
    for (Map.Entry<String, ?> option : new TreeMap<>(options).entrySet()) {
      entries.add(functions.lit(option.getKey()));
      entries.add(functions.lit(option.getValue().toString()));
    }
    Column map = functions.map(entries.toArray(new Column[0]));
    return functions.call_function(ClassifySqlFunction.NAME, text, map);
  }
}
