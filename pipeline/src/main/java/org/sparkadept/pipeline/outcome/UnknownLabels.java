package org.sparkadept.pipeline.outcome;

/** What becomes of rows whose label the model does not have. */
public enum UnknownLabels {
  /** They fail the run, before any row is scored; the message lists them. */
  ERROR,
  /** They are scored, and count as wrong. */
  COUNT
}
