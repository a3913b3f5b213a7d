package org.sparkadept.benchmarks.step;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A finished step.
 *
 * @param settings all that its result depends on
 * @param commit of the source tree that it ran with
 * @param finished when it ended, as ISO 8601
 * @param seconds it took
 * @param interrupted whether an earlier run of it had not ended: a command that keeps what is
 *     finished then had less to do, and {@code seconds} is not all of its time
 * @param result what it found
 */
public record Step<T>(
    JsonNode settings,
    String commit,
    String finished,
    double seconds,
    boolean interrupted,
    T result) {}
