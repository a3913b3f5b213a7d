package org.sparkadept.udfs.table;

import java.io.Serializable;

/**
 * A column that an input must have.
 *
 * @param name its name
 * @param option the option or param that gave the name, for messages
 */
public record NamedColumn(String name, String option) implements Serializable {
  private static final long serialVersionUID = 1L;
}
