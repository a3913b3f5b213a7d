package org.sparkadept.udfs.plan;

import java.util.ServiceLoader;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.SparkSessionExtensionsProvider;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.expressions.ExpressionInfo;
import org.sparkadept.udfs.batch.ArrowSqlFunction;
import org.sparkadept.udfs.plan.physical.ArrowEvalExec;
import org.sparkadept.udfs.plan.rules.CheckArrowCalls;
import org.sparkadept.udfs.plan.rules.ExtractArrowCalls;
import org.sparkadept.udfs.plan.rules.OptimizeArrowEval;
import org.sparkadept.udfs.plan.rules.ShuffleBeforeSort;
import scala.Tuple3;
import scala.runtime.BoxedUnit;

/**
 * Puts batch functions into Spark's sessions. Spark finds it by itself where our jar is on the
 * class path when a session is made; {@code spark.sql.extensions} names it where that is not so.
 */
public final class AdeptExtensions implements SparkSessionExtensionsProvider {
  @Override
  public BoxedUnit apply(SparkSessionExtensions extensions) {
    extensions.injectCheckRule(session -> new CheckArrowCalls());
    extensions.injectCheckRule(CheckConstraints::new);
    extensions.injectPlanNormalizationRule(session -> new ExtractArrowCalls());
    extensions.injectOptimizerRule(session -> new OptimizeArrowEval());
    extensions.injectPreCBORule(session -> new ShuffleBeforeSort());
    extensions.injectPlannerStrategy(session -> new ArrowEvalExec.Strategy());
    ClassLoader loader = AdeptExtensions.class.getClassLoader();
    ServiceLoader.load(ArrowSqlFunction.class, loader).forEach(each -> inject(extensions, each));
    return BoxedUnit.UNIT;
  }

  private static void inject(SparkSessionExtensions extensions, ArrowSqlFunction function) {
    ExpressionInfo info =
        new ExpressionInfo(
            function.getClass().getName(),
            null,
            function.name(),
            function.usage(),
            "",
            "",
            "",
            "misc_funcs",
            "",
            "",
            "java_udf");
    extensions.injectFunction(
        new Tuple3<>(
            new FunctionIdentifier(function.name()), info, new ArrowFunctions.Builder(function)));
  }
}
