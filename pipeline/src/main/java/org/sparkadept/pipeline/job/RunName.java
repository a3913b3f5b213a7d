package org.sparkadept.pipeline.job;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.UUID;

/** Names for runs: when it began, in UTC, and something that no other run has. */
final class RunName {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss");
  private static final int RANDOM_DIGITS = 8;

  private RunName() {}

  static String next() {
    String random = UUID.randomUUID().toString().substring(0, RANDOM_DIGITS);
    return ZonedDateTime.now(ZoneOffset.UTC).format(TIME) + "-" + random;
  }
}
