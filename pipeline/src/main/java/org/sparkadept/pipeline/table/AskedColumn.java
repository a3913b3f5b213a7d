package org.sparkadept.pipeline.table;

import java.io.Serializable;

/**
 * A column that a table should have.
 *
 * @param name its name
 * @param option the option or param that named it, for messages
 */
public record AskedColumn(String name, String option) implements Serializable {
  private static final long serialVersionUID = 1L;
}
