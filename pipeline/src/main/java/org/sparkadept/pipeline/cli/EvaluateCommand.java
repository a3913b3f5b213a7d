package org.sparkadept.pipeline.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.pipeline.evaluate.EvaluationPlan;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.outcome.OutcomeJob;
import org.sparkadept.pipeline.outcome.OutcomeSpec;
import org.sparkadept.pipeline.report.data.Evaluation;
import org.sparkadept.pipeline.report.data.Provenance;
import org.sparkadept.pipeline.report.text.EvaluationText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code adept evaluate}: how good and how cheap the answers are, on rows with labels. */
@Command(
    name = "evaluate",
    sortOptions = false,
    abbreviateSynopsis = true,
    header = "Measure accuracy and compute on rows with labels.",
    description = {
      "",
      "Scores --input with the model's exit policy, at full depth and at every exit."
          + " Prints accuracy, agreement with full depth and compute, also for other policies"
          + " and thresholds. --report writes a report.",
      ""
    })
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private OutcomeOptions rows;
  @Mixin private ReportOptions report;
  @Mixin private final KeyOptions model = KeyOptions.ofAnswers();

  @Mixin private SparkOptions options;

  @Override
  public Integer call() {
    report.check();
    SparkConf sparkConf = options.sparkConf();
    OutcomeSpec job = rows.spec(options.partitions, model.conf(sparkConf));
    EvaluationPlan plan = EvaluationPlan.of(job.conf());
    PrintWriter err = spec.commandLine().getErr();
    SparkRun.with(options, sparkConf, err, spark -> run(spark, job, plan, err));
    return ExitCode.OK;
  }

  private void run(SparkSession spark, OutcomeSpec job, EvaluationPlan plan, PrintWriter err) {
    Provenance provenance = Provenance.now(plan.model().toString(), job.input().describe());
    Evaluation evaluation =
        plan.report(
            provenance, new OutcomeJob(spark, job, plan.outcomes()).run(options.printer(err)));
    PrintWriter out = spec.commandLine().getOut();
    if (!options.quiet) {
      EvaluationText.print(evaluation, options.terminal().columns(), out);
    }
    report.write(evaluation, "evaluation", out);
  }
}
