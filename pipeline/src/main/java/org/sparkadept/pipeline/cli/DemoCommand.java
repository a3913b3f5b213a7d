package org.sparkadept.pipeline.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.sql.SparkSession;
import org.sparkadept.decoder.error.AdeptException;
import org.sparkadept.pipeline.demo.DemoResult;
import org.sparkadept.pipeline.demo.DemoSample;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.job.ClassifySpec;
import org.sparkadept.pipeline.job.InputSpec;
import org.sparkadept.pipeline.output.OutputMode;
import org.sparkadept.pipeline.output.OutputSpec;
import org.sparkadept.udfs.conf.AdeptConf;
import org.sparkadept.udfs.conf.AdeptKey;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code adept demo}: classifies the shipped sample with the shipped model. */
@Command(
    name = "demo",
    sortOptions = false,
    abbreviateSynopsis = true,
    header = "Classify the included sample.",
    description = {
      "",
      "Classifies 308 included texts with the included model (or --model) and prints a"
          + " summary and some rows.",
      ""
    })
final class DemoCommand implements Callable<Integer> {
  /** Environment variable, set by {@code bin/adept}: the folder of the shipped model. */
  private static final String DEMO_MODEL = "ADEPT_DEMO_MODEL";

  @Spec private CommandSpec spec;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "DIR",
      description = "Keep the result here, as Parquet; replaced if it exists. Default: not kept.")
  private String output;

  @Mixin private RunOptions run;

  @Override
  public Integer call() throws IOException {
    Path work = Files.createTempDirectory("adept-demo");
    try {
      Path sample = work.resolve("sample.jsonl");
      DemoSample.copyTo(sample);
      String result = output == null ? work.resolve("result").toString() : output;
      PrintWriter out = spec.commandLine().getOut();
      new ClassifyRun(run, out, spec.commandLine().getErr())
          .execute(conf -> spec(sample, result, conf), (spark, done) -> show(spark, result, out));
    } finally {
      FileUtil.fullyDelete(work.toFile());
    }
    return ExitCode.OK;
  }

  private ClassifySpec spec(Path sample, String result, AdeptConf conf) {
    String shipped = System.getenv(DEMO_MODEL);
    if (conf.modelPath().isEmpty() && shipped == null) {
      throw new AdeptException(
          "No model given; use --model DIR (bin/adept uses the included model).");
    }
    return new ClassifySpec(
        new InputSpec(List.of(sample.toUri().toString()), "json", Map.of(), null, DemoSample.TEXT),
        new OutputSpec(result, "parquet", Map.of(), List.of(), OutputMode.OVERWRITE, Map.of()),
        "",
        run.spark.partitions,
        null,
        false,
        conf.modelPath().isEmpty() ? conf.with(AdeptKey.MODEL_PATH, shipped) : conf);
  }

  private void show(SparkSession spark, String result, PrintWriter out) {
    DemoResult.print(spark.read().parquet(result), run.spark.terminal().columns(), out);
    out.println(
        output == null ? "The result is not kept; --output DIR keeps it." : "Result: " + output);
    out.flush();
  }
}
