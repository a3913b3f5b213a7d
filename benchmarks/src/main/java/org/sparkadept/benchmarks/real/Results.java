package org.sparkadept.benchmarks.real;

import java.util.List;
import java.util.Map;

/**
 * Contents of {@code results.json}.
 *
 * @param command that made it
 * @param commit of the source tree; each step has its own
 * @param machine that it ran on
 * @param model directory of the checkpoint
 * @param modelHash of its files
 * @param dataSets what was measured on each
 * @param checks of each, by its name
 */
record Results(
    List<String> command,
    String commit,
    Machine machine,
    String model,
    String modelHash,
    List<DataSetResult> dataSets,
    Map<String, List<Check>> checks) {}
