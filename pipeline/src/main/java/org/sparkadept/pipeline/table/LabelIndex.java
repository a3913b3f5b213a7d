package org.sparkadept.pipeline.table;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.sparkadept.decoder.result.LabelSet;

/** The labels of a model by name and by index, which is the row of its heads. */
public final class LabelIndex implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final int SHOWN = 10;

  private final ArrayList<String> names;
  private final HashMap<String, Integer> indices = new HashMap<>();

  /**
   * @param names distinct label names, in the model's order
   */
  public LabelIndex(List<String> names) {
    this.names = new ArrayList<>(names);
    for (String name : names) {
      indices.put(name, indices.size());
    }
  }

  /** Label names by index. */
  public List<String> names() {
    return List.copyOf(names);
  }

  /** Number of labels. */
  public int size() {
    return names.size();
  }

  /** Index of a label, or -1 for one that the model does not have. */
  public int of(String name) {
    return indices.getOrDefault(name, -1);
  }

  /**
   * The labels of a row.
   *
   * @param at column with a name, or with an array of names
   * @return their indices; −1 for those that the model does not have
   */
  public LabelSet of(Row row, int at) {
    return row.get(at) instanceof String name
        ? LabelSet.of(of(name))
        : LabelSet.of(row.<String>getList(at).stream().mapToInt(this::of).toArray());
  }

  /**
   * The labels of a row that the model does not have.
   *
   * @param at column with a name, or with an array of names
   */
  public List<String> unknown(Row row, int at) {
    List<String> found =
        row.get(at) instanceof String name ? List.of(name) : row.<String>getList(at);
    return found.stream().filter(name -> of(name) < 0).map(String::valueOf).toList();
  }

  /**
   * The indices of a column of names, as doubles; NULL for a label that the model does not have.
   */
  public Column of(Column name) {
    UDF1<String, Double> index =
        label -> {
          int found = of(label);
          return found < 0 ? null : (double) found;
        };
    return functions.udf(index, DataTypes.DoubleType).apply(name);
  }

  /** The names for a message, some of them where there are many. */
  @Override
  public String toString() {
    return size() <= 2 * SHOWN
        ? String.join(", ", names)
        : String.join(", ", names.subList(0, SHOWN)) + " and " + (size() - SHOWN) + " more";
  }
}
