/**
 * Files that a run leaves about itself: reports as HTML and JSON, and the summary of a run. The
 * packages below it use one another in one direction: {@code html}, {@code plot}, {@code text},
 * {@code data}.
 */
package org.sparkadept.pipeline.report;
