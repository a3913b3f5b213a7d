package org.sparkadept.udfs.plan;

import java.util.List;
import java.util.Map;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.batch.ArrowSqlFunction;

/** A batch function of the tests as SQL calls it, without options. */
record TestSqlFunction(ArrowBatchFunction function) implements ArrowSqlFunction {
  @Override
  public String name() {
    return function.name();
  }

  @Override
  public List<String> argumentNames() {
    return List.of("text", "least");
  }

  @Override
  public String usage() {
    return "_FUNC_(…) - For tests.";
  }

  @Override
  public ArrowBatchFunction bind(Map<String, String> options, Map<String, String> conf) {
    return function;
  }
}
