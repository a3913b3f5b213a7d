package org.sparkadept.udfs.plan.logical;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.AttributeSet$;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import scala.Option;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;

/**
 * Logical operator: the child's columns, and one struct column for each call. The arguments of the
 * calls are columns of the child, and constants.
 */
@SuppressWarnings("serial") // as ArrowCall
public final class ArrowEval extends LogicalPlan {
  private static final long serialVersionUID = 1L;

  private final Seq<Expression> calls;
  private final Seq<Attribute> results;
  private final boolean shared;
  private final LogicalPlan child;

  /**
   * @param calls each an {@link ArrowCall}
   * @param results the column of each call
   * @param shared whether the rows are read more than once, but should be computed once
   */
  public ArrowEval(
      Seq<Expression> calls, Seq<Attribute> results, boolean shared, LogicalPlan child) {
    this.calls = calls;
    this.results = results;
    this.shared = shared;
    this.child = child;
  }

  /** The calls, in the order of {@link #results}. */
  public List<ArrowCall> calls() {
    List<ArrowCall> all = new ArrayList<>();
    for (Expression call : ScalaLists.list(calls)) {
      all.add((ArrowCall) call);
    }
    return all;
  }

  /** The column of each call. */
  public List<Attribute> results() {
    return ScalaLists.list(results);
  }

  /** The plan whose rows the calls take. */
  public LogicalPlan child() {
    return child;
  }

  /** The same calls over another child. */
  public ArrowEval over(LogicalPlan other) {
    return new ArrowEval(calls, results, shared, other);
  }

  /** Those of the calls that have one of the given columns, over another child. */
  public ArrowEval over(LogicalPlan other, List<Attribute> columns) {
    List<Expression> kept = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      if (columns.contains(results.apply(i))) {
        kept.add(calls.apply(i));
      }
    }
    return new ArrowEval(ScalaLists.seq(kept), ScalaLists.seq(columns), shared, other);
  }

  /** The same, to be computed once for all its readers. */
  public ArrowEval forManyReaders() {
    return new ArrowEval(calls, results, true, child);
  }

  @Override
  public Seq<LogicalPlan> children() {
    return ScalaLists.one(child);
  }

  @Override
  public Seq<Attribute> output() {
    List<Attribute> columns = ScalaLists.list(child.output());
    columns.addAll(results());
    return ScalaLists.seq(columns);
  }

  @Override
  public AttributeSet producedAttributes() {
    return AttributeSet$.MODULE$.fromAttributeSets(
        ScalaLists.seq(results().stream().map(Attribute::references).toList()));
  }

  /**
   * Spark computes a common table once for all its readers where a second time could give other
   * rows; a shared operator claims that, since a second time would be expensive.
   */
  @Override
  public boolean deterministic() {
    return !shared && super.deterministic();
  }

  @Override
  public Option<Object> maxRows() {
    return child.maxRows();
  }

  @Override
  public LogicalPlan withNewChildrenInternal(IndexedSeq<LogicalPlan> children) {
    return over(children.apply(0));
  }

  @Override
  public int productArity() {
    return 4;
  }

  @Override
  public Object productElement(int index) {
    return switch (index) {
      case 0 -> calls;
      case 1 -> results;
      case 2 -> shared;
      case 3 -> child;
      default -> throw new IndexOutOfBoundsException(index);
    };
  }

  @Override
  public String argString(int maxFields) {
    return ArrowCall.describe(calls(), results());
  }

  @Override
  public String productPrefix() {
    return "ArrowEval";
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ArrowEval;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ArrowEval eval
        && calls.equals(eval.calls)
        && results.equals(eval.results)
        && shared == eval.shared
        && child.equals(eval.child);
  }

  @Override
  public int hashCode() {
    return 31 * calls.hashCode() + child.hashCode();
  }
}
