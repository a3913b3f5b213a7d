package org.sparkadept.pipeline.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import org.sparkadept.decoder.ClassifierOptions;
import org.sparkadept.pipeline.failure.ExitCode;
import org.sparkadept.pipeline.failure.Failure;
import org.sparkadept.pipeline.job.ClassifySpec;
import org.sparkadept.pipeline.output.Aside;
import org.sparkadept.pipeline.output.OutputException;
import org.sparkadept.pipeline.output.PartFile;
import org.sparkadept.pipeline.report.data.JobResult;
import org.sparkadept.pipeline.report.data.Version;
import org.sparkadept.udfs.conf.AdeptKey;
import org.sparkadept.udfs.metrics.ScoringTime;
import org.sparkadept.udfs.metrics.ScoringTotals;
import org.sparkadept.udfs.table.TextColumns;

/** A run's summary for programs, as JSON; {@code docs/usage.md} describes the fields. */
final class RunSummary {
  /** What the file is called in messages. */
  static final String KIND = "summary";

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final double NANOS = 1e9;

  private final ObjectNode root = JSON.createObjectNode();

  /**
   * Begins the summary of a run.
   *
   * @param started when it began
   */
  RunSummary(Instant started) {
    root.put("format_version", 1);
    root.put("status", "failed");
    root.put("complete", false);
    root.put("exit_code", ExitCode.JOB_FAILED);
    root.putNull("message");
    root.put("version", Version.get());
    root.put("started", started.toString());
  }

  /** Adds the job. */
  void spec(ClassifySpec spec) {
    ObjectNode input = root.putObject("input");
    input.put("location", spec.input().describe());
    input.put("format", spec.input().format());
    input.put("text_column", spec.input().textColumn());
    ObjectNode output = root.putObject("output");
    output.put("location", spec.output().location());
    output.put("format", spec.output().format());
    output.put("mode", spec.output().mode().toString());
    for (Aside aside : Aside.values()) {
      output.put(aside.name().toLowerCase(Locale.ROOT), spec.output().asides().get(aside));
    }
    root.put("checkpoint", spec.checkpoint());
    root.put("resume", spec.resume());
    ClassifierOptions options = spec.conf().classifierOptions();
    ObjectNode model = root.putObject("model");
    model.put("path", spec.conf().modelPath().orElse(null));
    spec.conf().adapterPath().ifPresent(adapter -> model.put("adapter", adapter));
    model.put("policy", options.policy().toString());
    if (Float.isNaN(options.threshold())) {
      model.putNull("threshold");
    } else {
      model.put("threshold", options.threshold());
    }
    model.put("max_tokens", options.maxTokens());
    model.put("long_rows", options.longRows().mode().toString());
    model.put("backend", spec.conf().computeOptions().backend());
    root.put("on_error", spec.conf().text(AdeptKey.ON_ERROR));
  }

  /** Adds where the text of a row was found. */
  void text(TextColumns text) {
    root.withObject("/input").put("text_column", text.toString());
  }

  /** Adds the result; after a failure, as much of it as the tasks that had ended have counted. */
  void result(JobResult result) {
    ScoringTotals totals = result.totals();
    root.withObject("/output").put("location", result.output());
    root.put("seconds", result.seconds());
    root.put("rows_per_second", result.rowsPerSecond());
    ObjectNode rows = root.putObject("rows");
    rows.put("total", totals.rows());
    rows.put("scored", totals.scored());
    rows.put("abstained", totals.abstained());
    rows.put("taken_over", result.reused());
    rows.put("null", result.nulls());
    rows.put("errors", totals.errors());
    rows.put("truncated", totals.truncated());
    rows.put("chunked", totals.chunkedRows());
    totals.errorExamples().forEach(root.putArray("error_examples")::add);
    root.put("chunks", totals.chunks());
    root.put("tokens", totals.tokens());
    ArrayNode exits = root.putArray("exit_layers");
    totals
        .rowsPerExitLayer()
        .forEach(
            (layer, count) ->
                exits
                    .addObject()
                    .put("layer", layer)
                    .put("rows", count)
                    .put("share", (double) count / totals.scored()));
    ObjectNode compute = root.putObject("compute");
    compute.put("flops", totals.flops());
    compute.put("shared_flops", totals.sharedFlops());
    compute.put("full_depth_flops", totals.fullDepthFlops());
    compute.put("checkpoint_flops", totals.checkpointFlops());
    compute.put("saved_share", totals.computeSaved());
    time(totals.time());
    root.put("cores", result.cores());
    root.put("idle_share", result.idleShare());
    if (result.skipped()) {
      root.put("status", "skipped");
    }
  }

  private void time(ScoringTime time) {
    ObjectNode node = root.putObject("task_seconds");
    node.put("total", time.task() / NANOS);
    node.put("model_load", time.load() / NANOS);
    node.put("decoder", time.decoder() / NANOS);
    node.put("tokenizer", time.tokenizer() / NANOS);
    node.put("compute", time.compute() / NANOS);
    node.put("spark_and_arrow", time.outsideDecoder() / NANOS);
  }

  /** Notes that the run ended well, so that its counts are those of all rows. */
  void succeeded() {
    root.put("complete", true);
    if (!root.get("status").asText().equals("skipped")) {
      root.put("status", "succeeded");
    }
    root.put("exit_code", ExitCode.OK);
  }

  /** Notes how the run failed. */
  void failed(Failure failure) {
    root.put("status", "failed");
    root.put("exit_code", failure.exitCode());
    root.put("message", failure.message());
  }

  /**
   * Writes the summary: the file is there whole or not at all.
   *
   * @throws OutputException if it cannot be written
   */
  void write(Path file) {
    root.put("finished", Instant.now().toString());
    try (PartFile part = new PartFile(KIND, file.toAbsolutePath())) {
      part.write(JSON.writeValueAsBytes(root));
      part.putInPlace();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
