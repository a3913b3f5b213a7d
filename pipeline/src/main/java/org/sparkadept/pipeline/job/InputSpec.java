package org.sparkadept.pipeline.job;

import java.util.Map;

/**
 * A table to read.
 *
 * @param location a path; or a table's name where the format is {@code table} or {@code jdbc}
 * @param format a Spark data source, or {@code table}
 * @param options options of the data source
 * @param textColumn name of the column with the text
 */
public record InputSpec(
    String location, String format, Map<String, String> options, String textColumn) {}
