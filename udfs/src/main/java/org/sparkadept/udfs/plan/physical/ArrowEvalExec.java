package org.sparkadept.udfs.plan.physical;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.AttributeSet;
import org.apache.spark.sql.catalyst.expressions.AttributeSet$;
import org.apache.spark.sql.catalyst.expressions.BoundReference;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.SortOrder;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.physical.Partitioning;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.SparkStrategy;
import org.apache.spark.sql.execution.metric.SQLMetric;
import org.apache.spark.sql.execution.metric.SQLMetrics;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import org.sparkadept.udfs.batch.BatchMetric;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.ScoringOptions;
import org.sparkadept.udfs.plan.logical.ArrowCall;
import org.sparkadept.udfs.plan.logical.ArrowEval;
import org.sparkadept.udfs.plan.logical.ScalaLists;
import scala.collection.immutable.IndexedSeq;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Evaluates the calls of an {@link ArrowEval}: columns in and out where the child gives columns,
 * else rows in and out, so that no batch is larger than our own bounds.
 */
@SuppressWarnings("serial") // as ArrowCall
public final class ArrowEvalExec extends SparkPlan {
  private static final String ROWS = "numOutputRows";
  private static final String BATCHES = "numBatches";
  private static final String TIME = "callTime";

  private static final long serialVersionUID = 1L;

  private final Seq<Expression> calls;
  private final Seq<Attribute> results;
  private final SparkPlan child;
  private transient scala.collection.immutable.Map<String, SQLMetric> metrics;

  /** As {@link ArrowEval}. */
  public ArrowEvalExec(Seq<Expression> calls, Seq<Attribute> results, SparkPlan child) {
    this.calls = calls;
    this.results = results;
    this.child = child;
  }

  /** Plans each {@link ArrowEval} as an {@link ArrowEvalExec}. */
  public static final class Strategy extends SparkStrategy {
    @Override
    public Seq<SparkPlan> apply(LogicalPlan plan) {
      if (plan instanceof ArrowEval eval) {
        List<Expression> calls = new ArrayList<>(eval.calls());
        return ScalaLists.<SparkPlan>one(
            new ArrowEvalExec(
                ScalaLists.seq(calls), ScalaLists.seq(eval.results()), planLater(eval.child())));
      }
      return ScalaLists.<SparkPlan>seq(List.of());
    }
  }

  @Override
  public Seq<SparkPlan> children() {
    return ScalaLists.one(child);
  }

  @Override
  public Seq<Attribute> output() {
    List<Attribute> columns = ScalaLists.list(child.output());
    columns.addAll(ScalaLists.<Attribute>list(results));
    return ScalaLists.seq(columns);
  }

  @Override
  public AttributeSet producedAttributes() {
    List<AttributeSet> produced =
        ScalaLists.<Attribute>list(results).stream().map(Attribute::references).toList();
    return AttributeSet$.MODULE$.fromAttributeSets(ScalaLists.seq(produced));
  }

  @Override
  public Partitioning outputPartitioning() {
    return child.outputPartitioning();
  }

  @Override
  public Seq<SortOrder> outputOrdering() {
    return child.outputOrdering();
  }

  @Override
  public boolean supportsColumnar() {
    return child.supportsColumnar();
  }

  @Override
  public SparkPlan withNewChildrenInternal(IndexedSeq<SparkPlan> children) {
    return new ArrowEvalExec(calls, results, children.apply(0));
  }

  @Override
  public synchronized scala.collection.immutable.Map<String, SQLMetric> metrics() {
    if (metrics == null) {
      SparkContext context = sparkContext();
      Map<String, SQLMetric> all = new LinkedHashMap<>();
      all.put(ROWS, SQLMetrics.createMetric(context, "number of output rows"));
      all.put(BATCHES, SQLMetrics.createMetric(context, "number of batches"));
      all.put(TIME, SQLMetrics.createNanoTimingMetric(context, "time in calls", -1));
      for (int i = 0; i < calls.size(); i++) {
        for (BatchMetric metric : call(i).function().metrics()) {
          all.put(key(i, metric), create(context, metric));
        }
      }
      metrics = scala.collection.immutable.Map$.MODULE$.from(CollectionConverters.asScala(all));
    }
    return metrics;
  }

  private static SQLMetric create(SparkContext context, BatchMetric metric) {
    return switch (metric.kind()) {
      case COUNT -> SQLMetrics.createMetric(context, metric.description());
      case NANOSECONDS -> SQLMetrics.createNanoTimingMetric(context, metric.description(), -1);
      case BYTES -> SQLMetrics.createSizeMetric(context, metric.description(), -1);
      case MEAN -> SQLMetrics.createAverageMetric(context, metric.description());
    };
  }

  private static String key(int call, BatchMetric metric) {
    return "call" + call + "." + metric.name();
  }

  private ArrowCall call(int index) {
    return (ArrowCall) calls.apply(index);
  }

  @Override
  public RDD<ColumnarBatch> doExecuteColumnar() {
    EvalTask eval = task();
    FlatMapFunction<java.util.Iterator<ColumnarBatch>, ColumnarBatch> evaluation =
        batches -> new ColumnarEvaluation(batches, eval);
    return child.executeColumnar().toJavaRDD().mapPartitions(evaluation, true).rdd();
  }

  @Override
  public RDD<InternalRow> doExecute() {
    EvalTask eval = task();
    DataType[] outputTypes = types(output());
    FlatMapFunction<java.util.Iterator<InternalRow>, InternalRow> evaluation =
        rows -> new RowEvaluation(rows, eval, outputTypes);
    return child.execute().toJavaRDD().mapPartitions(evaluation, true).rdd();
  }

  private static DataType[] types(Seq<Attribute> columns) {
    return ScalaLists.<Attribute>list(columns).stream()
        .map(Attribute::dataType)
        .toArray(DataType[]::new);
  }

  private EvalTask task() {
    List<EvalTask.Call> bound = new ArrayList<>();
    for (int i = 0; i < calls.size(); i++) {
      Map<String, SQLMetric> own = new HashMap<>();
      for (BatchMetric metric : call(i).function().metrics()) {
        own.put(metric.name(), metrics().apply(key(i, metric)));
      }
      bound.add(new EvalTask.Call(call(i).function(), bound(call(i)), own));
    }
    return new EvalTask(
        bound, options(), metrics().apply(ROWS), metrics().apply(BATCHES), metrics().apply(TIME));
  }

  private ScoringOptions options() {
    Map<String, String> conf = CollectionConverters.asJava(conf().getAllConfs());
    return AdeptConf.of(conf).scoringOptions();
  }

  private List<Expression> bound(ArrowCall call) {
    List<Attribute> columns = ScalaLists.list(child.output());
    List<Expression> arguments = new ArrayList<>();
    for (Expression argument : call.arguments()) {
      arguments.add(argument instanceof Attribute column ? bound(columns, column) : argument);
    }
    return arguments;
  }

  private static BoundReference bound(List<Attribute> columns, Attribute column) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).exprId().equals(column.exprId())) {
        return new BoundReference(i, column.dataType(), true);
      }
    }
    throw new IllegalStateException(column + " is not among " + columns);
  }

  @Override
  public int productArity() {
    return 3;
  }

  @Override
  public Object productElement(int index) {
    return switch (index) {
      case 0 -> calls;
      case 1 -> results;
      case 2 -> child;
      default -> throw new IndexOutOfBoundsException(index);
    };
  }

  @Override
  public String argString(int maxFields) {
    List<ArrowCall> all = ScalaLists.list(calls).stream().map(ArrowCall.class::cast).toList();
    return ArrowCall.describe(all, ScalaLists.list(results));
  }

  @Override
  public String productPrefix() {
    return "ArrowEval";
  }

  @Override
  public boolean canEqual(Object other) {
    return other instanceof ArrowEvalExec;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ArrowEvalExec eval
        && calls.equals(eval.calls)
        && results.equals(eval.results)
        && child.equals(eval.child);
  }

  @Override
  public int hashCode() {
    return 31 * calls.hashCode() + child.hashCode();
  }
}
