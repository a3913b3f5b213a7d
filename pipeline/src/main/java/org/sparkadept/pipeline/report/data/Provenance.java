package org.sparkadept.pipeline.report.data;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Where a report's numbers come from.
 *
 * @param model path of the model directory
 * @param data location of the rows
 * @param version of this program
 * @param started when the run began, as ISO 8601; a component, so that the same data give the same
 *     report
 */
public record Provenance(String model, String data, String version, String started) {

  /** Of a run of this program that begins now. */
  public static Provenance now(String model, String data) {
    Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return new Provenance(model, data, Version.get(), started.toString());
  }
}
