package org.sparkadept.pipeline.sql;

import java.util.ArrayList;
import java.util.List;

/**
 * The statements of a script, which semicolons part; not those within quotes or comments. Spark's
 * own parser takes one statement at a time.
 */
public final class Statements {
  private final String script;
  private final List<String> found = new ArrayList<>();
  private int at;

  private Statements(String script) {
    this.script = script;
  }

  /**
   * @param script statements as written; may end with a semicolon
   * @return each without its semicolon, in order; those that are empty, or comments alone, are left
   *     out
   */
  public static List<String> of(String script) {
    return new Statements(script).split();
  }

  private List<String> split() {
    int start = 0;
    boolean empty = true;
    while (at < script.length()) {
      char next = script.charAt(at);
      if (next == ';') {
        add(start, empty);
        start = at + 1;
        empty = true;
        at++;
      } else if (script.startsWith("--", at)) {
        skipPast("\n");
      } else if (script.startsWith("/*", at)) {
        at += 2;
        skipPast("*/");
      } else if (next == '\'' || next == '"' || next == '`') {
        skipQuoted(next);
        empty = false;
      } else {
        empty &= Character.isWhitespace(next);
        at++;
      }
    }
    add(start, empty);
    return found;
  }

  private void add(int start, boolean empty) {
    if (!empty) {
      found.add(script.substring(start, at).strip());
    }
  }

  private void skipPast(String end) {
    int found = script.indexOf(end, at);
    at = found < 0 ? script.length() : found + end.length();
  }

  /** A doubled quote ends one string and begins the next, which comes to the same. */
  private void skipQuoted(char quote) {
    for (at++; at < script.length() && script.charAt(at) != quote; at++) {
      if (script.charAt(at) == '\\' && quote != '`') {
        at++;
      }
    }
    at = Math.min(at + 1, script.length());
  }
}
