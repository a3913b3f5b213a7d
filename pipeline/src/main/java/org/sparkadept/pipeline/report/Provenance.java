package org.sparkadept.pipeline.report;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Where a report's numbers come from.
 *
 * @param model path of the model directory
 * @param data location of the rows
 * @param version of this program
 * @param started when the run began, as ISO 8601; the same input gives the same report, so it is
 *     told and not looked up
 */
public record Provenance(String model, String data, String version, String started) {

  /** Of a run of this program that begins now. */
  public static Provenance now(String model, String data) {
    Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);
    return new Provenance(model, data, Version.get(), started.toString());
  }
}
