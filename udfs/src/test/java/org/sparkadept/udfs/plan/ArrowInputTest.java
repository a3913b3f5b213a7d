package org.sparkadept.udfs.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.complex.StructVector;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.util.ArrowUtils;
import org.apache.spark.sql.vectorized.ArrowColumnVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkadept.udfs.TestSpark;
import org.sparkadept.udfs.batch.ArrowBatchEvaluator;
import org.sparkadept.udfs.batch.ArrowBatchFunction;
import org.sparkadept.udfs.batch.BatchMetrics;
import org.sparkadept.udfs.plan.physical.ArrowEvalExec;

/** Calls on columns of Arrow files: the file's vectors reach the function as they are. */
class ArrowInputTest {
  private static final int ROWS = 5000;
  private static final int TEXTS = 3333;

  private final SparkSession spark = TestSpark.session();
  @TempDir private Path folder;

  @BeforeEach
  void register() {
    ArrowFunctions.register(spark, new TestSqlFunction(new Watch()));
    Watch.SEEN.clear();
  }

  @AfterEach
  void everythingIsReleased() {
    assertEquals(0, ArrowUtils.rootAllocator().getAllocatedMemory(), "Arrow memory was leaked");
  }

  /** Batches of 5000 rows are more than the operator takes at once: it gets slices. */
  @ParameterizedTest
  @ValueSource(ints = {100, ROWS})
  void textsAreNotCopied(int batchRows) {
    table(batchRows).createOrReplaceTempView("arrow_rows");

    SparkPlan plan = plan("select id, watch(text) r, text from arrow_rows");
    List<long[]> handedOn =
        plan.executeColumnar()
            .toJavaRDD()
            .map(
                batch -> {
                  ArrowColumnVector texts = (ArrowColumnVector) batch.column(1);
                  FieldVector vector = (FieldVector) texts.getValueVector();
                  long first = vector.getDataBuffer().memoryAddress();
                  return new long[] {first, first + vector.getDataBuffer().capacity()};
                })
            .collect();

    assertTrue(
        plan.toString().matches("(?s).*ArrowEval.*\\n\\s*\\+- FileScan arrow.*"), plan::toString);
    assertFalse(plan.toString().contains("ColumnarToRow"), plan::toString);
    assertTrue(Watch.SEEN.size() >= handedOn.size(), "batches");
    for (long address : Watch.SEEN) {
      assertTrue(
          handedOn.stream().anyMatch(range -> address >= range[0] && address < range[1]),
          "a text was copied");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 100, ROWS})
  void answersAreThoseOfTheirRows(int batchRows) {
    table(batchRows).createOrReplaceTempView("arrow_rows");

    assertEquals(
        ROWS,
        spark
            .sql(
                "select * from (select *, watch(text).bytes b from arrow_rows)"
                    + " where b <=> octet_length(text) and text <=> if(id % 3 = 0, null,"
                    + " concat('text ', id))")
            .count());
  }

  @Test
  void aLargeRecordBatchComesInPiecesOfTheSessionsBounds() {
    Dataset<Row> table = table(ROWS);
    spark.conf().set("spark.adept.batch.rows", "64");
    try {
      assertEquals((ROWS + 63) / 64, batches(table.select("*")));
    } finally {
      spark.conf().unset("spark.adept.batch.rows");
    }
    spark.conf().set("spark.adept.batch.bytes", "1");
    try {
      assertEquals(TEXTS, batches(table.select("*")), "a text ends its batch");
    } finally {
      spark.conf().unset("spark.adept.batch.bytes");
    }
  }

  @Test
  void aLimitReadsNoMoreThanItNeeds() {
    table(ROWS).createOrReplaceTempView("arrow_rows");

    assertEquals(3, spark.sql("select watch(text) from arrow_rows limit 3").collectAsList().size());

    assertTrue(Watch.SEEN.size() <= 2, Watch.SEEN.size() + " batches");
  }

  private static long batches(Dataset<Row> table) {
    SparkPlan plan = table.queryExecution().executedPlan();
    while (!plan.supportsColumnar()) {
      plan = plan.children().head();
    }
    return plan.executeColumnar().count();
  }

  private Dataset<Row> table(int batchRows) {
    String path = folder.resolve("arrow").toString();
    spark
        .range(0, ROWS, 1, 1)
        .selectExpr("id", "if(id % 3 = 0, null, concat('text ', id)) text")
        .write()
        .format("arrow")
        .option("batchRows", batchRows)
        .save(path);
    return spark.read().format("arrow").load(path);
  }

  private SparkPlan plan(String query) {
    SparkPlan plan = spark.sql(query).queryExecution().executedPlan();
    while (!(plan instanceof ArrowEvalExec)) {
      assertFalse(plan.children().isEmpty(), plan.toString());
      plan = plan.children().head();
    }
    return plan;
  }

  /** {@code watch(text)}: bytes of the text; notes where the texts of a batch lie. */
  record Watch() implements ArrowBatchFunction {
    static final ConcurrentLinkedQueue<Long> SEEN = new ConcurrentLinkedQueue<>();

    private static final long serialVersionUID = 1L;

    @Override
    public String name() {
      return "watch";
    }

    @Override
    public List<ArrowType> inputTypes() {
      return List.of(ArrowType.Utf8.INSTANCE);
    }

    @Override
    public Field resultField() {
      List<Field> bytes = List.of(Field.nullable("bytes", new ArrowType.Int(32, true)));
      return new Field(name(), FieldType.nullable(ArrowType.Struct.INSTANCE), bytes);
    }

    @Override
    public ArrowBatchEvaluator open(BatchMetrics metrics) {
      return new Evaluator();
    }

    private record Evaluator() implements ArrowBatchEvaluator {
      @Override
      public void evaluate(List<? extends FieldVector> inputs, int rowCount, StructVector result) {
        FieldVector texts = inputs.get(0);
        SEEN.add(texts.getDataBuffer().memoryAddress());
        IntVector bytes = result.getChild("bytes", IntVector.class);
        for (int row = 0; row < rowCount; row++) {
          if (texts.isNull(row)) {
            result.setNull(row);
          } else {
            result.setIndexDefined(row);
            bytes.setSafe(row, texts.getObject(row).toString().length());
          }
        }
        result.setValueCount(rowCount);
      }

      @Override
      public void close() {}
    }
  }
}
