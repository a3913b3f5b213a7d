/**
 * What a run says at its end: a table and a page with plots for people, JSON files for programs.
 */
package org.sparkadept.pipeline.report;
