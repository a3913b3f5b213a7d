/**
 * Reports of runs, as HTML, JSON and text. No package here uses the jobs. The packages below it use
 * one another in one direction: {@code html}, {@code plot}, {@code text}, {@code data}.
 */
package org.sparkadept.pipeline.report;
