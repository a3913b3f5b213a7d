/**
 * Reports as data: records of what the jobs measured, and the figures and decisions that follow
 * from them. Everything that the terminal and the pages show is computed here, once.
 */
package org.sparkadept.pipeline.report.data;
