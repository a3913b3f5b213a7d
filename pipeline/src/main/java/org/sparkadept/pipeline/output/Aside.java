package org.sparkadept.pipeline.output;

/** Rows that may be written to a folder of their own, which then are not in the output. */
public enum Aside {
  /** Rows with an error. */
  DEAD_LETTERS("dead letters", "--dead-letters", "error IS NOT NULL"),

  /** Rows with a score that is too low for a label. */
  REVIEW("review", "--review", "label IS NULL AND score IS NOT NULL");

  private final String title;
  private final String option;
  private final String condition;

  Aside(String title, String option, String condition) {
    this.title = title;
    this.option = option;
    this.condition = condition;
  }

  /** What they are called in files and messages. */
  public String title() {
    return title;
  }

  /** The option that names their folder. */
  public String option() {
    return option;
  }

  /** What they have in common, in SQL. */
  String condition() {
    return condition;
  }
}
