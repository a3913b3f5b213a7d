package org.sparkadept.pipeline.progress;

/**
 * How far a run is.
 *
 * @param rows rows scored so far, those of running tasks included
 * @param tasksDone tasks that have ended well
 * @param tasks tasks of all stages begun so far
 */
public record Progress(long rows, int tasksDone, int tasks) {}
