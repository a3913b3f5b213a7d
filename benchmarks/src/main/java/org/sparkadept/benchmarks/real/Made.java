package org.sparkadept.benchmarks.real;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a command that made a model tells of itself.
 *
 * @param seconds the command took, the start of its JVM among them
 * @param fitSeconds its fit took, by its own report; NaN where there is none
 * @param calibrationRows rows that the guarantee was calibrated on; 0 where there is no report
 */
record Made(double seconds, double fitSeconds, long calibrationRows) {
  /**
   * @param seconds the command took
   * @param report its folder of reports
   */
  static Made of(double seconds, Path report) throws IOException {
    Path file = report.resolve("fit.json");
    if (!Files.exists(file)) {
      return new Made(seconds, Double.NaN, 0);
    }
    JsonNode fit = new ObjectMapper().readTree(file.toFile());
    return new Made(
        seconds, fit.required("seconds").asDouble(), fit.required("held_out_rows").asLong());
  }
}
